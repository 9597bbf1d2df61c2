/** A page that needs nothing but itself: its style, script, data and pictures stand in it, and it may load no others. */
import { createHash } from 'node:crypto';
import { type Content, dataBlock, type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly body: Content;
  readonly style: string;
  readonly script: string;
  readonly data: object;
}

export function skeleton({ title, body, style, script, data }: Page): string {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
${raw(`<style>${style}</style>`)}
</head>
<body>
${body}
${dataBlock('report-data', data)}
${raw(`<script type="module">${script}</script>`)}
</body>
</html>
`;
  return page.html;
}

/** Of the package's own style and script, which nobody else writes. */
const raw = (markup: string): Html => ({ html: markup });

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

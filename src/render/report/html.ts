/** HTML in which every text that is put in is escaped. */
export interface Html {
  readonly html: string;
}

/** What may stand in a page: text, which is escaped, HTML, several of them, or nothing. */
export type Content = Html | string | number | undefined | readonly Content[];

/** A template of HTML; attributes are written in double quotes. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html => ({
  html: parts.reduce((before, part, at) => before + markup(contents[at - 1]) + part),
});

function markup(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string' || typeof content === 'number') return escaped(String(content));
  return 'html' in content ? content.html : content.map(markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter]!);

/** JSON that a `script` element can hold: nothing in it ends the element or begins a comment. */
export const dataBlock = (id: string, data: object): Html => ({
  html: `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
});

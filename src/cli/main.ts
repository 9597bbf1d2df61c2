/** The command `onnx-explain`. What only one of its commands needs is loaded by that one. */
import { Command } from 'commander';
import { givenOptions } from './config.ts';
import { packageVersion } from './document.ts';
import { onWriteError, report } from './exit.ts';
import { addFeaturesOptions, addMaximizeOptions } from './inside-options.ts';
import {
  addCompareOptions,
  addEvaluateOptions,
  addLimeOptions,
  addMethodOptions,
  addMetricOptions,
  addModelOptions,
  addOutputOptions,
  type Given,
} from './options.ts';
import { PLANS, type PlanName } from './plan.ts';

const program = new Command('onnx-explain')
  .description('Why did my image classifier say that? Explanations for any ONNX classifier.')
  .version(packageVersion)
  .configureOutput({ outputError: (text, write) => write(usageError(text)) })
  .exitOverride();

/** Methods have so many options that only a command that is called, or asked about, gets them. */
const withMethods = (command: Command): Command =>
  process.argv.includes(command.name()) ? addMethodOptions(command) : command;

const explaining = (name: PlanName, description: string) =>
  addOutputOptions(addLimeOptions(withMethods(addModelOptions(program.command(name)))))
    .description(description)
    .argument('[photos...]', 'photos to explain')
    .option('--top <count>', `classes to explain where none is named (default: ${PLANS[name].top})`)
    .exitOverride()
    .action((photos: string[], _, command: Command) =>
      withOptions(command, async (given) => (await import('./run.ts')).run(photos, given, name)),
    );

addMetricOptions(addCompareOptions(explaining('compare', 'several methods side by side, class by class'))).option(
  '--report <path>',
  'a page to look at all of it: an .html file, or a folder for several photos',
);

explaining('explain', 'one method, or several');

addEvaluateOptions(addMetricOptions(withMethods(addModelOptions(program.command('evaluate')))))
  .description('methods measured over a folder of pictures, a line of JSON each; run it again to go on where it was')
  .argument('<folder>', 'a folder with pictures')
  .exitOverride()
  .action((folder: string, _, command: Command) =>
    withOptions(command, async (given) => (await import('./evaluate.ts')).evaluate(folder, given)),
  );

program
  .command('verify')
  .description('makes the explanations of a record again: same, within tolerance, or different (exit code 1)')
  .argument('<record>', 'the JSON that compare or explain left')
  .option('--tolerance <share>', 'of the largest value, by which others may differ (default: 0.001)')
  .option('--workers <count>', 'worker threads (default: the available cores)')
  .option('--json', 'one object on stdout')
  .option('-q, --quiet', 'no progress, no warnings')
  .exitOverride()
  .action((record: string, _, command: Command) =>
    withOptions(command, async (given) => (await import('./verify.ts')).verify(record, given)),
  );

addModelOptions(program.command('layers'))
  .description('what can be explained in a model, the default layer marked')
  .argument('[model]', 'an .onnx file or a folder with one')
  .option('--json', 'one object on stdout')
  .exitOverride()
  .action((model: string | undefined, _, command: Command) =>
    withOptions(command, async (given) => (await import('./layers.ts')).layers(model, given)),
  );

addFeaturesOptions(addModelOptions(program.command('features')))
  .description("a layer's feature maps as a grid, brought back to pixels, or as concepts")
  .argument('[photos...]', 'photos to look at')
  .exitOverride()
  .action((photos: string[], _, command: Command) =>
    withOptions(command, async (given) => (await import('./features.ts')).features(photos, given)),
  );

addMaximizeOptions(addModelOptions(program.command('maximize')))
  .description('pictures that channels, neurons or classes answer to most, made from grey noise')
  .exitOverride()
  .action((_, command: Command) =>
    withOptions(command, async (given) => (await import('./maximize.ts')).maximize(given)),
  );

addModelOptions(program.command('bench'))
  .description('throughput against plain ONNX Runtime, measured in one run')
  .option('--json', 'one object on stdout')
  .option('--seconds <count>', 'of each measurement (default: 2)')
  .option('--rounds <count>', 'measurements of each kind, in turn (default: 3)')
  .exitOverride()
  .action((_, command: Command) => withOptions(command, async (given) => (await import('./bench.ts')).bench(given)));

/** Commander's sentence in one line, with what to do. */
function usageError(text: string): string {
  const sentence = text.replace('error: ', '').replaceAll(/\s+/g, ' ').trim();
  return `onnx-explain: ${sentence}. Add --help to see what there is.\n`;
}

async function withOptions(command: Command, action: (given: Given) => Promise<void>): Promise<void> {
  await action(await givenOptions(command));
}

process.stdout.on('error', onWriteError);
process.stderr.on('error', onWriteError);
program.parseAsync().catch((error) => {
  process.exitCode = report(error);
});

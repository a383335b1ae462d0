/** The commands about the runtime itself. */
import { Argument, Option } from 'commander';
import type { ServeOptions } from '../commands/serve.ts';
import type { WindowOptions } from '../commands/window.ts';
import { shells } from '../completion/shell-scripts.ts';
import { action, type Definition, defineCommand, wholeNumber, withCommonOptions } from './define-command.ts';

export const defineRuntimeCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'window',
    'Open the window; also what `throughline` alone does',
    'window',
    'window --browser',
    'window --print',
  )
    .option('--browser', 'in the browser, also where the window of its own is installed')
    .option('--print', 'only print a one-time URL')
    .action(
      action(definition, async (invocation, options: WindowOptions) =>
        (await import('../commands/window.ts')).window(invocation, options),
      ),
    );

  defineCommand(
    definition,
    'serve',
    'Run the runtime here, or in the background',
    'serve',
    'serve --background',
    'serve --json',
  )
    .option('--port <n>', 'the port on 127.0.0.1 (default: a free one)', wholeNumber(0, 65_535))
    .option('--background', 'start it and return')
    .option('--debug-wire <file>', 'write down what agents say and hear (also: THROUGHLINE_DEBUG_WIRE)')
    .addOption(new Option('--detached').hideHelp())
    .action(
      action(definition, async (invocation, options: ServeOptions) =>
        (await import('../commands/serve.ts')).serve(invocation, options, definition.writerThread),
      ),
    );

  defineCommand(definition, 'stop', 'Stop the runtime; running sessions can be resumed later', 'stop').action(
    action(definition, async (invocation) => (await import('../commands/stop.ts')).stop(invocation)),
  );

  defineCommand(
    definition,
    'restart',
    'Stop the runtime and start it again, so that changed settings hold',
    'restart',
  ).action(action(definition, async (invocation) => (await import('../commands/restart.ts')).restart(invocation)));

  defineSettingsCommands(definition);
  defineCompletionCommands(definition);

  defineCommand(
    definition,
    'demo',
    'See three sessions at work, a crash, everything back, and their work merged: no agent or key needed',
    'demo',
  ).action(
    action(definition, async (invocation, options: { data?: string }) =>
      (await import('../demo/demo.ts')).demo(invocation, options),
    ),
  );
};

const defineCompletionCommands = (definition: Definition): void => {
  const commands = () => import('../commands/complete.ts');

  defineCommand(
    definition,
    'completion',
    'Print what a shell needs to complete commands, options, sessions and agents',
    'completion bash >> ~/.bashrc',
    'completion zsh >> ~/.zshrc',
    'completion fish > ~/.config/fish/completions/throughline.fish',
  )
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .action(
      action(definition, async (invocation, shell: (typeof shells)[number]) =>
        (await commands()).completion(invocation, shell),
      ),
    );

  // What the scripts above ask; nobody types it.
  withCommonOptions(definition.program.command('complete', { hidden: true }))
    .argument('[words...]')
    .option('--about', 'say what each is')
    .action(
      action(definition, async (invocation, words: readonly string[], options: { readonly about?: boolean }) =>
        (await commands()).complete(invocation, definition.program, words, options.about === true),
      ),
    );
};

const defineSettingsCommands = (definition: Definition): void => {
  const config = definition.program
    .command('config')
    .helpCommand(false)
    .summary('Show and change the settings')
    .description('Show and change the settings, which are `config.json` in the data directory.');
  // Without a word it says which there are.
  config.action(() => definition.terminal.write(config.helpInformation()));
  const inside = { ...definition, program: config };
  const commands = () => import('../commands/config.ts');

  defineCommand(inside, 'path', 'Print where the settings are', 'config path').action(
    action(inside, async (invocation) => (await commands()).configPath(invocation)),
  );
  defineCommand(
    inside,
    'get',
    'Print the settings that hold, or one of them',
    'config get',
    'config get snapshots.keepDays',
  )
    .argument('[name]', 'a setting: parkAfterMinutes, snapshots.keepDays')
    .action(action(inside, async (invocation, name?: string) => (await commands()).configGet(invocation, name)));
  defineCommand(
    inside,
    'set',
    'Change a setting; without a value its default holds again',
    'config set parkAfterMinutes 30',
    'config set agents.mine \'{"command": "my-agent"}\'',
    'config set editor',
  )
    .argument('<name>', 'a setting: parkAfterMinutes, snapshots.keepDays')
    .argument('[value]', 'JSON, or a text')
    .action(
      action(inside, async (invocation, name: string, value?: string) =>
        (await commands()).configSet(invocation, name, value),
      ),
    );
  defineCommand(inside, 'edit', 'Open the settings in your editor ($VISUAL, $EDITOR)', 'config edit').action(
    action(inside, async (invocation) => (await commands()).configEdit(invocation)),
  );
};

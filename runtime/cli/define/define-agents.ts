/** The commands about agents: which there are, what they can, and their logins. They need no runtime. */
import type { AgentsOptions } from '../commands/agents.ts';
import type { AgentsTestOptions } from '../commands/agents-test.ts';
import type { LoginOptions } from '../commands/login.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

export const defineAgentCommands = (definition: Definition): void => {
  const agents = defineCommand(
    definition,
    'agents',
    'List the agents, and how to install those that are missing; or ask one what it can',
    'agents',
    'agents codex --check',
    'agents test codex',
  )
    .argument('[agent]', 'start this one and ask it what it can')
    .option('--check', 'also have it begin a conversation: is it logged in? Without a name, all that are installed')
    .action(
      action(definition, async (invocation, name: string | undefined, options: AgentsOptions) =>
        (await import('../commands/agents.ts')).agents(invocation, name, options),
      ),
    );

  defineCommand(
    { ...definition, program: agents },
    'test',
    'Try an agent out in a short conversation with its model, and say what of it works',
    'agents test codex',
    'agents test rehearsal --json',
  )
    .argument('<agent>', 'see `throughline agents`; `rehearsal` needs no model')
    .option('--yes', 'it may cost what a few hundred tokens do')
    .action(
      action(definition, async (invocation, name: string, options: AgentsTestOptions) => {
        const { makeSampleRepository } = await import('../demo/sample-repository.ts');
        const { agentsTest } = await import('../commands/agents-test.ts');
        return agentsTest(invocation, name, options, makeSampleRepository);
      }),
    );

  defineCommand(
    definition,
    'login',
    'Log an agent in by one of its own methods, or out',
    'login codex',
    'login codex --method chat-gpt',
    'login codex --out',
  )
    .argument('<agent>', 'see `throughline agents`')
    .option('--method <id>', 'one of its methods, where it has several')
    .option('--out', 'log it out')
    .action(
      action(definition, async (invocation, name: string, options: LoginOptions) =>
        (await import('../commands/login.ts')).login(invocation, name, options),
      ),
    );
};

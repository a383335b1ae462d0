/** The commands about agents: which there are, what they can, and their logins. They need no runtime. */
import type { AgentsOptions } from '../commands/agents.ts';
import type { LoginOptions } from '../commands/login.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

export const defineAgentCommands = (definition: Definition): void => {
  defineCommand(
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

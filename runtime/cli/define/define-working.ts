/** The commands that start and steer work: they start a runtime in the background where none runs. */
import { Option } from 'commander';
import type { PartOptions } from '../choose/prompt-parts.ts';
import type { RunOptions } from '../commands/run.ts';
import { action, type Definition, defineCommand } from './define-command.ts';

const session = 'the beginning of its id, or its name';
type Continue = PartOptions & { readonly wait?: boolean };

/** An option that may be given more than once. */
const eachOf = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const defineWorkingCommands = (definition: Definition): void => {
  defineCommand(
    definition,
    'run',
    'Start a session: an agent, a prompt, and a worktree of its own',
    'run "Fix the login test" --repo ~/shop --agent claude --wait',
    'run - --name review --approve deny < prompt.md',
  )
    .argument('[prompt]', 'what to do; `-` or nothing reads it from standard input')
    .option('--repo <dir>', 'the git repository to work on', '.')
    .option('--agent <name>', 'see `throughline agents`, or acp:COMMAND ARG… (default: the first real one installed)')
    .option('--name <name>', 'how to call the session')
    .addOption(
      new Option('--approve <policy>', 'what to do when the agent asks for approval')
        .choices(['ask', 'allow', 'deny'] as const)
        .default('ask' as const),
    )
    .option('--no-worktree', 'work in the repository itself')
    .option('--branch <branch>', "the worktree's branch (default: made from the name)")
    .option('--base <ref>', 'where the branch begins (default: what is checked out)')
    .option('--mode <mode>', "one of the agent's own modes")
    .option('--mcp <server>', 'an MCP server: NAME=COMMAND ARG…, NAME=https://…, or a JSON file of them', eachOf)
    .option('--add-dir <dir>', 'another folder that the agent may work in (as often as you like)', eachOf)
    .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
    .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
    .option('--conversation <id>', "go on with one of the agent's own, see `throughline conversations`")
    .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)')
    .action(
      action(definition, async (invocation, prompt: string | undefined, options: RunOptions) =>
        (await import('../commands/run.ts')).run(invocation, prompt, options),
      ),
    );

  defineCommand(definition, 'prompt', 'Give a session its next prompt', 'prompt fix-login "Now the docs" --wait')
    .argument('<id>', session)
    .argument('[text]', 'what to do; `-` or nothing reads it from standard input')
    .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
    .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
    .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)')
    .action(
      action(definition, async (invocation, id: string, text: string | undefined, options: Continue) =>
        (await import('../commands/continue.ts')).prompt(invocation, id, text, options),
      ),
    );

  defineCommand(
    definition,
    'resume',
    'Take up a session again that was at work when the runtime ended, or that was interrupted',
    'resume fix-login --wait',
  )
    .argument('<id>', session)
    .argument('[text]', 'what to do; without it, a session that was at work goes on where it was')
    .option('--image <file>', 'show it an image: PNG, JPEG, GIF or WebP (as often as you like)', eachOf)
    .option('--file <path>', 'give it a file of the worktree, by its path in there (as often as you like)', eachOf)
    .option('--wait', 'show what happens until the run ends, and exit by its outcome (1 failed, 6 cut short)')
    .action(
      action(definition, async (invocation, id: string, text: string | undefined, options: Continue) =>
        (await import('../commands/continue.ts')).resume(invocation, id, text, options),
      ),
    );

  defineCommand(definition, 'interrupt', 'Ask the run under way to stop', 'interrupt fix-login')
    .argument('<id>', session)
    .action(
      action(definition, async (invocation, id: string) =>
        (await import('../commands/steer.ts')).interrupt(invocation, id),
      ),
    );

  defineCommand(
    definition,
    'end-left',
    'End the processes that an interrupted turn left running; `show` has them',
    'end-left fix-login',
  )
    .argument('<id>', session)
    .action(
      action(definition, async (invocation, id: string) =>
        (await import('../commands/steer.ts')).endLeft(invocation, id),
      ),
    );

  defineCommand(
    definition,
    'approve',
    'Allow what an agent asks approval for, showing it whole before',
    'approve fix-login',
    'approve fix-login 01a20968-4c1b',
    'approve fix-login --option allow_always',
  )
    .argument('<id>', session)
    .argument('[approval]', 'the beginning of its id, as `show` and `list` have it (default: the only one that waits)')
    .option('--option <option>', "one of the agent's own answers, by its id or name")
    .action(
      action(definition, async (invocation, id: string, approval: string | undefined, options: { option?: string }) =>
        (await import('../commands/steer.ts')).decide(invocation, 'allow', id, approval, options),
      ),
    );

  defineCommand(definition, 'deny', 'Refuse what an agent asks approval for, showing it whole', 'deny fix-login')
    .argument('<id>', session)
    .argument('[approval]', 'the beginning of its id, as `show` and `list` have it (default: the only one that waits)')
    .action(
      action(definition, async (invocation, id: string, approval: string | undefined) =>
        (await import('../commands/steer.ts')).decide(invocation, 'deny', id, approval, {}),
      ),
    );

  defineCommand(definition, 'rename', 'Give a session another name', 'rename fix-login login-tests')
    .argument('<id>', session)
    .argument('<name>', 'the new name')
    .action(
      action(definition, async (invocation, id: string, name: string) =>
        (await import('../commands/steer.ts')).rename(invocation, id, name),
      ),
    );

  defineCommand(definition, 'remove', 'Delete a session with its history and its worktree', 'remove fix-login')
    .argument('<id>', session)
    .option('--force', 'also when its worktree has uncommitted work, which is then kept under a ref')
    .option('--conversation', "delete the agent's own record of the conversation as well, where the agent does that")
    .action(
      action(definition, async (invocation, id: string, options: { force?: boolean; conversation?: boolean }) =>
        (await import('../commands/steer.ts')).remove(invocation, id, options),
      ),
    );
};

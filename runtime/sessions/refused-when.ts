import type { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import type { RuntimeCommands } from '../surface.ts';

/** The commands, refused before they do anything while there is a reason to. */
export const refusedWhen = (refusal: () => ThroughlineError | null, commands: RuntimeCommands): RuntimeCommands => {
  const unlessRefused =
    <Given extends readonly unknown[], Answer>(command: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      const error = refusal();
      if (error !== null) throw error;
      return command(...given);
    };
  return {
    startSession: unlessRefused(commands.startSession),
    prompt: unlessRefused(commands.prompt),
    resume: unlessRefused(commands.resume),
    interrupt: unlessRefused(commands.interrupt),
    endLeftRunning: unlessRefused(commands.endLeftRunning),
    decide: unlessRefused(commands.decide),
    chooseOption: unlessRefused(commands.chooseOption),
    rename: unlessRefused(commands.rename),
    archive: unlessRefused(commands.archive),
    remove: unlessRefused(commands.remove),
    queuePrompt: unlessRefused(commands.queuePrompt),
    changeQueued: unlessRefused(commands.changeQueued),
    withdrawQueued: unlessRefused(commands.withdrawQueued),
    pause: unlessRefused(commands.pause),
    continue: unlessRefused(commands.continue),
    sendQueued: unlessRefused(commands.sendQueued),
    runChecks: unlessRefused(commands.runChecks),
    cancelCheck: unlessRefused(commands.cancelCheck),
    sendCheck: unlessRefused(commands.sendCheck),
    agreeToSetup: unlessRefused(commands.agreeToSetup),
    restore: unlessRefused(commands.restore),
    previewRestore: unlessRefused(commands.previewRestore),
    stage: unlessRefused(commands.stage),
    restoreDiscarded: unlessRefused(commands.restoreDiscarded),
    deleteDiscarded: unlessRefused(commands.deleteDiscarded),
    bisect: unlessRefused(commands.bisect),
    cancelBisect: unlessRefused(commands.cancelBisect),
    push: unlessRefused(commands.push),
    pullRequest: unlessRefused(commands.pullRequest),
    openPullRequest: unlessRefused(commands.openPullRequest),
    sendPullRequest: unlessRefused(commands.sendPullRequest),
    commitWork: unlessRefused(commands.commitWork),
    land: unlessRefused(commands.land),
    arrangeLanding: unlessRefused(commands.arrangeLanding),
    withdrawLanding: unlessRefused(commands.withdrawLanding),
    undoLanding: unlessRefused(commands.undoLanding),
  };
};

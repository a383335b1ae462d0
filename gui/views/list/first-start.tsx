import { useEffect, useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import type { Call } from '../../connection/api.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { plainLine } from '../../state/plain-text.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { PathField } from '../new-session/path-field.tsx';

const rehearsalPrompt = 'Show me how a session of Throughline works';
const mostSuggested = 4;

/** What is seen when there is no session yet: what this is, and a first session that needs no agent and no key. */
export const FirstStart = () => {
  const { actions, connection, navigation } = useWindow();
  const { call } = connection;
  const [path, setPath] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [suggested, setSuggested] = useState<readonly string[]>([]);

  useEffect(() => {
    void suggestRepositories(call).then(setSuggested);
  }, [call]);

  const rehearse = async (repository: string): Promise<void> => {
    if (repository.trim() === '') return setProblem('Choose a repository to rehearse in.');
    setPath(repository);
    setProblem(null);
    setBusy(true);
    try {
      const { root } = await call('repository', { query: { path: repository.trim() } });
      const { id } = await call('startSession', {
        body: { prompt: rehearsalPrompt, repository: root, agent: 'rehearsal', name: 'Rehearsal' },
      });
      actions.openSession(id);
    } catch (error) {
      setProblem(sentencesOf(error));
      setBusy(false);
    }
  };

  return (
    <div class="first-start">
      <h1>Run many coding agents side by side, and never lose the thread.</h1>
      <p class="quiet">
        Each session works in a branch and a folder of its own. All that happens is kept in one ordered history, and
        comes back after a crash or a restart as it was.
      </p>
      <form
        class="first-form"
        onSubmit={(event) => {
          event.preventDefault();
          void rehearse(path);
        }}
      >
        <h2>Start with a rehearsal</h2>
        <p class="quiet">A built-in agent follows a script in a worktree. It needs no key and no network.</p>
        {suggested.length > 0 && (
          <ul class="first-suggestions" aria-label="Rehearse in one of these">
            {suggested.map((repository) => (
              <li key={repository}>
                <Button icon="play" disabled={busy} title={repository} onClick={() => void rehearse(repository)}>
                  <span class="one-line">Rehearse in {plainLine(repository.split('/').at(-1) ?? repository)}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
        <div class="first-path">
          <PathField
            label="Git repository"
            value={path}
            onChange={(typed) => {
              setPath(typed);
              setProblem(null);
            }}
            problem={problem}
          />
          <Button look="primary" type="submit" busy={busy}>
            {busy ? 'Starting…' : 'Start a rehearsal'}
          </Button>
        </div>
      </form>
      <p class="first-other">
        Or{' '}
        <button type="button" class="link" onClick={() => navigation.navigate({ kind: 'new' })}>
          start a session with an agent of yours
        </button>
        .
      </p>
    </div>
  );
};

/** Recent repositories; without any, those that lie in the home folder. */
const suggestRepositories = async (call: Call): Promise<readonly string[]> => {
  try {
    const { repositories } = await call('repositories', {});
    if (repositories.length > 0) return repositories.slice(0, mostSuggested).map(({ path }) => path);
    const { folders } = await call('folders', { query: { path: '~/' } });
    return folders
      .filter((folder) => folder.isRepository)
      .slice(0, mostSuggested)
      .map(({ path }) => path);
  } catch {
    return [];
  }
};

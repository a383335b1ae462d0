/** What of an agent can be chosen: agents use `modes`, a config option of category `mode`, or both. */
import * as z from 'zod';

export const configOption = z.looseObject({
  id: z.string(),
  category: z.string().nullish(),
  currentValue: z.unknown().optional(),
  options: z.array(z.looseObject({ value: z.unknown() })).nullish(),
});

/** What an opened conversation, or a change of it, says of what can be chosen. */
export const choosable = {
  modes: z
    .looseObject({ currentModeId: z.string(), availableModes: z.array(z.looseObject({ id: z.string() })) })
    .nullish(),
  configOptions: z.array(configOption).nullish(),
} as const;
const choosableShape = z.looseObject(choosable);
export type Choosable = z.infer<typeof choosableShape>;

const modeOption = (offered: Choosable) => offered.configOptions?.find((option) => option.category === 'mode');

export const currentMode = (offered: Choosable): string | null => {
  const configured = modeOption(offered)?.currentValue;
  return offered.modes?.currentModeId ?? (typeof configured === 'string' ? configured : null);
};

/** How to set a mode in this agent; null when it is set already, or the agent does not have it. */
export const modeSetting = (
  offered: Choosable,
  mode: string | null,
): { readonly method: string; readonly parameters: Readonly<Record<string, unknown>> } | null => {
  if (mode === null || currentMode(offered) === mode) return null;
  if (offered.modes?.availableModes.some((available) => available.id === mode)) {
    return { method: 'session/set_mode', parameters: { modeId: mode } };
  }
  const option = modeOption(offered);
  return option?.options?.some((available) => available.value === mode)
    ? { method: 'session/set_config_option', parameters: { configId: option.id, value: mode } }
    : null;
};

/**
 * What of an agent can be chosen. Agents tell it in three ways: config options, and before there were those modes and
 * models. Here they are one list of options; how one is set follows from how it was told.
 */
import * as z from 'zod';
import { chosenOption, optionCalled } from '../../model/run/chosen-option.ts';
import type { AgentOption, OptionValue } from '../../protocol/facts/events.ts';

/** What an agent offers, by the way it told it. */
export type Offer = {
  readonly config: readonly AgentOption[];
  readonly mode: AgentOption | null;
  readonly model: AgentOption | null;
};

export const noOffer: Offer = { config: [], mode: null, model: null };

/** A request that sets an option; the conversation's id is to be added to its parameters. */
export type Setting = { readonly method: string; readonly parameters: Readonly<Record<string, OptionValue>> };

/** All that can be chosen, as it is logged. A config option stands for the mode or the models that are told beside it. */
export const optionsOf = ({ config, mode, model }: Offer): readonly AgentOption[] => [
  ...config,
  ...[mode, model].flatMap((option) => (option === null || optionCalled(config, option.id) !== null ? [] : [option])),
];

/**
 * What an agent offers after it said this: the answer that opened a conversation or set an option, or an update. What it
 * does not mention is as it was before. `unread` has the parts that are not as the protocol says, or too many. Null when
 * nothing of this is said.
 */
export const offerIn = (
  said: unknown,
  before: Offer,
): { readonly offer: Offer; readonly unread: readonly unknown[] } | null => {
  const { configOptions, modes, models, currentModeId } = telling.safeParse(said).data ?? {};
  const unread: unknown[] = [];
  let offer = before;
  if (isSaid(configOptions)) offer = { ...offer, config: readConfigOptions(configOptions, unread) };
  if (isSaid(modes)) offer = { ...offer, mode: readModes(modes, unread) };
  if (isSaid(models)) offer = { ...offer, model: readModels(models, unread) };
  if (typeof currentModeId === 'string' && currentModeId.length <= maxIdCharacters) {
    offer = inMode(offer, currentModeId);
  }
  return offer === before && unread.length === 0 ? null : { offer, unread };
};

/**
 * How to set an option, and the offer when that was done; `setting` is null when it is so already.
 * Raises `agent.option_unknown`, with what there is.
 */
export const settingOf = (
  offer: Offer,
  called: string,
  given: OptionValue,
): {
  readonly setting: Setting | null;
  readonly offer: Offer;
  readonly option: AgentOption;
  readonly value: OptionValue;
} => {
  const { option, value } = chosenOption(optionsOf(offer), called, given);
  const setting = option.value === value ? null : requestFor(offer, option, value);
  return { setting, offer: withValue(offer, option, value), option, value };
};

const requestFor = (offer: Offer, option: AgentOption, value: OptionValue): Setting => {
  if (option === offer.mode) return { method: 'session/set_mode', parameters: { modeId: value } };
  if (option === offer.model) return { method: 'session/set_model', parameters: { modelId: value } };
  const type = typeof value === 'boolean' ? { type: 'boolean' } : {};
  return { method: 'session/set_config_option', parameters: { configId: option.id, ...type, value } };
};

const withValue = (offer: Offer, option: AgentOption, value: OptionValue): Offer => {
  const set = (each: AgentOption): AgentOption => (each === option ? { ...each, value } : each);
  return {
    config: offer.config.map(set),
    mode: offer.mode && set(offer.mode),
    model: offer.model && set(offer.model),
  };
};

/** The agent says that it is in this mode, whatever it had offered. */
const inMode = (offer: Offer, value: string): Offer => {
  const configured = optionCalled(offer.config, 'mode');
  const mode = offer.mode ?? (configured === null ? { ...theMode, choices: [] } : null);
  const after = { ...offer, mode: mode && { ...mode, value } };
  return configured === null ? after : withValue(after, configured, value);
};

// Many agents' lists of models are long; a list that nobody could read is cut.
const maxOptions = 100;
const maxChoices = 500;
const maxChoicesInAll = 2_000;
const maxIdCharacters = 500;
const maxNameCharacters = 200;
const maxDescriptionCharacters = 300;

const telling = z.looseObject({
  configOptions: z.unknown().optional(),
  modes: z.unknown().optional(),
  models: z.unknown().optional(),
  currentModeId: z.unknown().optional(),
});

const identifier = z.string().max(maxIdCharacters);
const words = { name: z.string().nullish(), description: z.string().nullish() } as const;
const choice = z.looseObject({ value: identifier, ...words });
const group = z.looseObject({ name: z.string().nullish(), options: z.array(z.unknown()) });
const configOption = z
  .looseObject({
    id: identifier,
    ...words,
    category: z.string().nullish(),
    type: z.enum(['select', 'boolean']).nullish(),
    currentValue: z.union([identifier, z.boolean()]).nullish(),
    options: z.array(z.unknown()).nullish(),
  })
  .transform((told) => ({ ...told, isSwitch: told.type === 'boolean' || typeof told.currentValue === 'boolean' }));
const modeState = z.looseObject({
  currentModeId: identifier.nullish(),
  availableModes: z.array(z.unknown()).nullish(),
});
const mode = z.looseObject({ id: identifier, ...words }).transform((told) => ({ ...told, value: told.id }));
const modelState = z.looseObject({
  currentModelId: identifier.nullish(),
  availableModels: z.array(z.unknown()).nullish(),
});
const model = z.looseObject({ modelId: identifier, ...words }).transform((told) => ({ ...told, value: told.modelId }));

const theMode: AgentOption = { id: 'mode', name: 'Mode', category: 'mode', value: null };
const theModel: AgentOption = { id: 'model', name: 'Model', category: 'model', value: null };

type Choice = NonNullable<AgentOption['choices']>[number];
type Told = {
  readonly value: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
};

const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

const readConfigOptions = (told: unknown, unread: unknown[]): readonly AgentOption[] => {
  if (!Array.isArray(told)) {
    unread.push(told);
    return [];
  }
  if (told.length > maxOptions) unread.push({ optionsLeftOut: told.length - maxOptions });
  let room = maxChoicesInAll;
  return told.slice(0, maxOptions).flatMap((each: unknown): readonly AgentOption[] => {
    const { success, data } = configOption.safeParse(each);
    if (!success) {
      unread.push(each);
      return [];
    }
    const option = {
      id: data.id,
      ...worded(data, data.id),
      ...(data.category ? { category: cut(data.category, maxNameCharacters) } : {}),
      value: data.currentValue ?? null,
    };
    if (data.isSwitch) return [option];
    const choices = (data.options ?? []).flatMap((one) => readChoices(one, unread));
    const bounded = boundedChoices(choices, Math.min(room, maxChoices));
    room -= bounded.choices.length;
    return [{ ...option, ...bounded }];
  });
};

const readChoices = (told: unknown, unread: unknown[]): readonly Choice[] => {
  const grouped = group.safeParse(told);
  if (!grouped.success) return readAll([told], choice, unread);
  const { name, options } = grouped.data;
  const choices = readAll(options, choice, unread);
  return name ? choices.map((each) => ({ ...each, group: cut(name, maxNameCharacters) })) : choices;
};

const readModes = (told: unknown, unread: unknown[]): AgentOption | null => {
  const { success, data } = modeState.safeParse(told);
  if (!success) {
    unread.push(told);
    return null;
  }
  const choices = boundedChoices(readAll(data.availableModes ?? [], mode, unread), maxChoices);
  return { ...theMode, value: data.currentModeId ?? null, ...choices };
};

const readModels = (told: unknown, unread: unknown[]): AgentOption | null => {
  const { success, data } = modelState.safeParse(told);
  if (!success) {
    unread.push(told);
    return null;
  }
  const choices = boundedChoices(readAll(data.availableModels ?? [], model, unread), maxChoices);
  return { ...theModel, value: data.currentModelId ?? null, ...choices };
};

const readAll = (told: readonly unknown[], schema: z.ZodType<Told>, unread: unknown[]): readonly Choice[] =>
  told.flatMap((each) => {
    const { success, data } = schema.safeParse(each);
    if (!success) {
      unread.push(each);
      return [];
    }
    return [{ value: data.value, ...worded(data, data.value) }];
  });

const boundedChoices = (choices: readonly Choice[], max: number) => ({
  choices: choices.slice(0, max),
  ...(choices.length > max ? { choicesLeftOut: choices.length - max } : {}),
});

const worded = ({ name, description }: Omit<Told, 'value'>, otherwise: string) => ({
  name: cut(name || otherwise, maxNameCharacters),
  ...(description ? { description: cut(description, maxDescriptionCharacters) } : {}),
});

/** The beginning of a text, of whole characters. */
const cut = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');

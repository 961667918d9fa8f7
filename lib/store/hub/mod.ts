/**
 * Models by name: the Hub, the cache it shares with Python, the embedded models.
 *
 * @module
 */
export { type CachedSnapshot, findCached, type ModelInventory } from "./cache_lookup.ts";
export { CANONICAL_IDS, EMBEDDED_MODELS, HUB_ALIASES } from "./aliases.ts";
export type { HubFile } from "./api.ts";
export type { WeightFormat } from "./choice.ts";
export { type FetchedModel, fetchModel } from "./fetch.ts";
export { type HubId, parseHubId } from "./id.ts";
export type { FetchOptions, FetchProgress } from "./options.ts";
export { type ModelPlan, planModel, type PlannedFile } from "./plan.ts";
export { type ResolvedModel, resolveModel, type ResolveOptions } from "./resolve.ts";
export {
  HUB_ENVIRONMENT,
  type HubSettings,
  hubSettings,
  type HubVariable,
  readHubEnvironment,
} from "./settings.ts";

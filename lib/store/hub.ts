/**
 * Models by name: the Hub, the cache it shares with Python, the embedded models.
 *
 * @module
 */
export { type CachedSnapshot, findCached, type ModelInventory } from "./hf_cache_lookup.ts";
export { CANONICAL_IDS, EMBEDDED_MODELS, HUB_ALIASES } from "./hub_aliases.ts";
export type { HubFile } from "./hub_api.ts";
export type { WeightFormat } from "./hub_choice.ts";
export { type FetchedModel, fetchModel } from "./hub_fetch.ts";
export { type HubId, parseHubId } from "./hub_id.ts";
export type { FetchOptions, FetchProgress } from "./hub_options.ts";
export { type ModelPlan, planModel, type PlannedFile } from "./hub_plan.ts";
export { type ResolvedModel, resolveModel, type ResolveOptions } from "./hub_resolve.ts";
export {
  HUB_ENVIRONMENT,
  type HubSettings,
  hubSettings,
  type HubVariable,
  readHubEnvironment,
} from "./hub_settings.ts";

/**
 * The Hub's refusals in words: what `X-Error-Code` and the status mean, and what to do about it.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { nearestModel } from "./aliases.ts";
import type { HubSettings } from "./settings.ts";

/** What a request was about, for messages. */
export interface HubSubject {
  /** The repository as it was asked for. */
  repo: string;
  /** The revision as it was asked for. */
  revision: string;
  /** The file, when the request was about one. */
  file?: string | undefined;
}

/** The error for a 4xx answer that repeating cannot change. */
export function finalRefusal(
  response: Response,
  subject: HubSubject,
  settings: HubSettings,
): NeuriteError {
  const { status, headers } = response;
  const page = `${settings.endpoint}/${subject.repo}`;
  const signedIn = settings.token !== undefined;
  switch (headers.get("x-error-code")) {
    case "GatedRepo":
      return refusal(subject, {
        is: `a gated repository (status ${status})`,
        expected: signedIn ? "HF_TOKEN of an account that was let in" : "HF_TOKEN",
        hint: `accept the terms at ${page}, then set HF_TOKEN to that account's token`,
      });
    case "RevisionNotFound":
      return refusal({ ...subject, file: undefined }, {
        is: `no revision "${subject.revision}" (status ${status})`,
        expected: "a branch, tag or commit of the repository",
        hint: `${page}/tree/main lists them`,
      });
    case "EntryNotFound":
      return refusal({ ...subject, file: undefined }, {
        is: `no file "${subject.file}" at revision ${subject.revision} (status ${status})`,
        expected: "the files of its listing",
        hint: `${page}/tree/${subject.revision} shows what is there`,
      });
  }
  if (/invalid credentials/i.test(headers.get("x-error-message") ?? "")) {
    return refusal(subject, {
      is: `an unknown token (status ${status})`,
      expected: "a valid HF_TOKEN or none",
      hint: "unset HF_TOKEN, or copy a fresh token from the settings page of the Hub",
    });
  }
  if (status === 401 || status === 403 || status === 404) {
    return refusal(subject, {
      is: `an unknown repository, or a private one (status ${status})`,
      expected: signedIn ? "a repository HF_TOKEN may read" : "a public one, or HF_TOKEN",
      hint: `check the name at ${page}; a private repository needs HF_TOKEN. ` +
        `deno task fetch-model --list prints the aliases${nearestModel(subject.repo)}`,
    });
  }
  return refusal(subject, {
    is: `status ${status}`,
    expected: `an answer of the Hub at ${settings.endpoint}`,
    hint: "check HF_ENDPOINT",
  });
}

function refusal(
  subject: HubSubject,
  words: { is: string; expected: string; hint: string },
): NeuriteError {
  const verb = subject.file === undefined ? "open repository" : `fetch ${subject.file} of`;
  return cannot("E-HUB", { do: verb, thing: subject.repo, ...words });
}

/**
 * What every figure's spec begins with, and the titles of its panels.
 *
 * @module
 */
import { SCHEMA } from "./spec_types.ts";
import { THEME } from "./theme.ts";

/** What a figure is called and what it shows, in words. */
export interface FigureHead {
  /** Short, unique in a report: file name and prefix of ids. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for readers who do not see it. */
  readonly description: string;
}

/** The head of a spec: schema, name, title, description, and how everything looks. */
export function specHead({ name, title, description }: FigureHead) {
  return { $schema: SCHEMA, name, title: { text: title }, description, config: THEME };
}

/** How a panel's title is set. */
export interface PanelTitleOptions {
  /** Under the title. */
  readonly subtitle?: string | undefined;
  /** Distance to the panel in px. @default {8} */
  readonly offset?: number;
}

/** The title above one of several panels. */
export function panelTitle(text: string, { subtitle, offset = 8 }: PanelTitleOptions = {}) {
  return {
    text,
    ...(subtitle === undefined ? {} : { subtitle }),
    anchor: "middle" as const,
    frame: "group" as const,
    fontSize: 13,
    offset,
  };
}

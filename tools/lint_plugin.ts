/**
 * Lint rules of this repository: error grammar, import arrows, no console in the library, labels
 * on GPU objects, no unseeded randomness and no clock. Run by `deno lint`.
 *
 * @module
 */
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ERROR_CODES } from "../lib/error_codes.ts";
import { importFault, isExempt } from "./rooms.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const GRAMMAR = /^Cannot [^A-Z\s"][^"]* ".+": .+, expected .*[^.\s]$/s;

const LABELLED = [
  "createBuffer",
  "createShaderModule",
  "createComputePipeline",
  "createComputePipelineAsync",
  "createBindGroup",
  "createCommandEncoder",
];

/**
 * Files of `lib/` that may look at the clock: run records and progress lines carry times, and a
 * server may ask to be tried again after a date.
 */
const CLOCK_ALLOWED = /^lib\/(store\/(run\/run_folder|hub\/http)\.ts$|cli\/)/;

/** A file's path relative to the project root, with forward slashes. */
function pathOf(context: Deno.lint.RuleContext): string {
  const name = context.filename.startsWith("file:")
    ? fileURLToPath(context.filename)
    : context.filename;
  return relative(ROOT, name).split(sep).join("/");
}

function inProduct(path: string): boolean {
  return /^(lib|scripts)\//.test(path) && !isExempt(path);
}

function inLibrary(path: string): boolean {
  return path.startsWith("lib/") && !isExempt(path);
}

/** The static text of a string expression, with `…` for each part not known before run time. */
function textOf(node: Deno.lint.Node | undefined): string | undefined {
  if (node?.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node?.type === "TemplateLiteral") {
    return node.quasis.map((quasi) => quasi.cooked).join("…");
  }
  if (node?.type === "BinaryExpression" && node.operator === "+") {
    const left = textOf(node.left as Deno.lint.Node);
    return left === undefined ? undefined : left + (textOf(node.right) ?? "…");
  }
  return undefined;
}

/** `object.property` of a call such as `console.log` or `device.createBuffer`. */
function memberOf(node: Deno.lint.Node): { object: Deno.lint.Node; property: string } | undefined {
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  if (node.property.type !== "Identifier") return undefined;
  return { object: node.object, property: node.property.name };
}

function isNamed(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** The value of a plainly named property of an object literal. */
function propertyOf(node: Deno.lint.ObjectExpression, name: string): Deno.lint.Node | undefined {
  for (const property of node.properties) {
    if (property.type !== "Property") continue;
    const key = property.key;
    const label = key.type === "Identifier"
      ? key.name
      : key.type === "Literal"
      ? key.value
      : undefined;
    if (label === name) return property.value;
  }
  return undefined;
}

const errorGrammar: Deno.lint.Rule = {
  create(context) {
    if (!inProduct(pathOf(context))) return {};
    return {
      ThrowStatement({ argument }) {
        if (argument.type !== "NewExpression" || argument.callee.type !== "Identifier") return;
        const name = argument.callee.name;
        if (name === "Error") {
          context.report({
            node: argument,
            message: "A bare Error has no code",
            hint: "throw cannot(code, {…}) from lib/errors.ts",
          });
        }
        if (!["TypeError", "RangeError", "SyntaxError"].includes(name)) return;
        const text = textOf(argument.arguments[0]);
        if (text === undefined || GRAMMAR.test(text)) return;
        context.report({
          node: argument,
          message: `"${text}" is not in the grammar of messages`,
          hint: 'Cannot <do> "<thing>": <is>, expected <…>, without a final period',
        });
      },
      CallExpression(node) {
        if (!isNamed(node.callee, "cannot")) return;
        const [code, complaint] = node.arguments;
        if (!codesOf(code).every((name) => name !== undefined && name in ERROR_CODES)) {
          context.report({
            node: code ?? node,
            message: "The error code is not a literal of the table",
            hint: "use a key of ERROR_CODES in lib/error_codes.ts",
          });
        }
        if (complaint?.type !== "ObjectExpression") return;
        for (const part of ["is", "expected"]) {
          const value = propertyOf(complaint, part);
          if (!textOf(value)?.endsWith(".")) continue;
          context.report({ node: value!, message: `"${part}" ends with a period` });
        }
        const verb = propertyOf(complaint, "do");
        if (/^[A-Z]/.test(textOf(verb) ?? "")) {
          context.report({ node: verb!, message: '"do" follows "Cannot", so it is lower case' });
        }
      },
    };
  },
};

/** The literals a code argument can take: one, or both branches of a conditional. */
function codesOf(node: Deno.lint.Node | undefined): (string | undefined)[] {
  if (node?.type === "ConditionalExpression") {
    return [...codesOf(node.consequent), ...codesOf(node.alternate)];
  }
  return [textOf(node)];
}

const importArrows: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    const check = (source: Deno.lint.Node | null | undefined) => {
      const specifier = textOf(source ?? undefined);
      const fault = specifier === undefined ? undefined : importFault(path, specifier);
      if (fault) context.report({ node: source!, message: `Import of "${specifier}" ${fault}` });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
    };
  },
};

const noLibraryConsole: Deno.lint.Rule = {
  create(context) {
    if (!inLibrary(pathOf(context))) return {};
    return {
      MemberExpression(node) {
        if (!isNamed(node.object, "console")) return;
        context.report({
          node,
          message: "The library does not write to the console",
          hint: "return the value, or report through lib/cli",
        });
      },
    };
  },
};

const gpuLabels: Deno.lint.Rule = {
  create(context) {
    if (!inProduct(pathOf(context))) return {};
    return {
      CallExpression(node) {
        const member = memberOf(node.callee);
        if (!member || !LABELLED.includes(member.property)) return;
        const descriptor = node.arguments[0];
        if (descriptor && descriptor.type !== "ObjectExpression") return;
        const spread = descriptor?.properties.some(({ type }) => type === "SpreadElement");
        if (spread || (descriptor && propertyOf(descriptor, "label"))) return;
        context.report({
          node,
          message: `${member.property} without a label`,
          hint: "the driver's messages name objects by label alone",
        });
      },
    };
  },
};

const reproducible: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    if (!inLibrary(path)) return {};
    const clock = !CLOCK_ALLOWED.test(path);
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({
        node,
        message: `${what} makes two runs differ`,
        hint: "draw from the seeded generator; take times from the run folder",
      });
    return {
      MemberExpression(node) {
        const member = memberOf(node);
        if (!member) return;
        if (isNamed(member.object, "Math") && member.property === "random") {
          report(node, "Math.random");
        }
        if (clock && isNamed(member.object, "Date") && member.property === "now") {
          report(node, "Date.now");
        }
      },
      NewExpression(node) {
        if (clock && isNamed(node.callee, "Date") && node.arguments.length === 0) {
          report(node, "new Date()");
        }
      },
    };
  },
};

export default {
  name: "neurite",
  rules: {
    "error-grammar": errorGrammar,
    "import-arrows": importArrows,
    "no-library-console": noLibraryConsole,
    "gpu-labels": gpuLabels,
    "reproducible": reproducible,
  },
} satisfies Deno.lint.Plugin;

/**
 * The words of the release's word features, as it lists them: gaps and doubles included.
 *
 * @module
 */

/** Words of one list. */
export type Words = ReadonlySet<string>;

/** A set of the words of a text. */
export function words(...texts: readonly string[]): Words {
  return new Set(texts.flatMap((text) => text.split(" ")));
}

/** Compared as they stand, upper-case words are none of them. */
export const NUMBER_WORDS: Words = words(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
  "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
  "hundred thousand million billion trillion quadrillion quintillion sextillion",
  "hundreds thousands millions billions trillions dozen dozens",
);

const MALE = "he him his himself";
const FEMALE = "she her hers herself";
const NEUTRAL = "they them their theirs themself themselves";
const I = "i me my mine myself";
const WE = "we us our ours ourselves";
const YOU = "you your yours yourself yourselves";
const REFLEXIVE = "myself ourselves yourself yourselves himself herself itself themselves";

/** Pronouns in lower case, by the part of the feature's name before `_pronoun`. */
export const PRONOUNS: Readonly<Record<string, Words>> = {
  male: words(MALE),
  female: words(FEMALE),
  neutral: words(NEUTRAL),
  "first_person": words(I, WE),
  "second_person": words(YOU),
  "third_person": words(MALE, FEMALE, NEUTRAL),
  plural: words(WE, NEUTRAL),
  singular: words(I, YOU, MALE, FEMALE),
  subject: words("i we you he she it they"),
  object: words("me us you him her it them"),
  possessive: words("my mine our ours your yours his her hers its their theirs"),
  reflexive: words(REFLEXIVE),
  personal: words(I, WE, YOU, MALE, FEMALE, NEUTRAL),
  indefinite: new Set([
    ...words(
      "anybody anyone anything each either everybody everyone everything neither nobody nothing",
      "one somebody someone something both few many several all any most none some such",
    ),
    "no one",
  ]),
  demonstrative: words("this that these those"),
  interrogative: words("who whom whose which what"),
  relative: words("who whom whose which that"),
  intensive: words(REFLEXIVE),
  nonreflexive: words("i me we us you he him she her it they them"),
};

/** Months, in lower case, with the short forms; `sep` is not among them. */
export const MONTHS: Words = words(
  "january february march april may june july august september october november december",
  "jan feb mar apr jun jul aug sept oct nov dec",
);

/** Days of the week, in lower case, with short forms; `tue` and `thu` are not among them. */
export const DAYS: Words = words(
  "monday tuesday wednesday thursday friday saturday sunday mon tues wed thurs fri sat sun",
);

/** States of the USA, in lower case; of names of two words mostly the second. */
export const STATES: Words = new Set([
  ...words(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia",
    "hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts",
    "michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico york",
    "carolina dakota ohio oklahoma oregon pennsylvania rhode tennessee texas utah vermont virginia",
    "washington wisconsin wyoming",
  ),
  "west virginia",
]);

/** Postal abbreviations of the states and of DC, upper case. */
export const STATE_CODES: Words = words(
  "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM",
  "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY",
);

/** Ends of host names. */
export const WEBSITE_SUFFIXES: Words = words("com net org edu gov mil int io co uk ca ai");

/** Conjunctions that turn against what was said. */
export const CONTRASTIVE_CONJUNCTIONS: Words = words(
  "but however nonetheless yet nevertheless although",
);

/** Units of length; they are looked for anywhere in a token. */
export const LENGTH_PARTS: Words = words("meter metre inch foot feet yard mile");

/** Units of time; they are looked for anywhere in a token. */
export const TIME_PARTS: Words = words("second minute hour day week month year");

/** Ends of words. */
export const SUFFIXES: Words = words(
  "ness ment tion sion ance ence er or ist ism hood ship age able ible al ial ish ive less ful ous",
  "ic ly ward wise ize ise en ify let ling ie ette dom logy graphy phobia y cy ty ant ent ary ery",
  "ing ed s est",
);

/** Beginnings of words, and the letters. */
export const PREFIXES: Words = words(
  "un re in im dis en em non over mis sub pre inter fore de trans super semi anti mid under mono bi",
  "tri multi poly ex micro macro auto tele homo hetero post geo aero hydro thermo electro photo pan",
  "mega kilo pseudo neo counter ultra infra circum peri hemi ped pod bio",
  "a b c d e f g h i j k l m n o p q r s t u v w x y z",
);

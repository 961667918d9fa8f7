/** The value at a name, or at names joined by dots (`meta.pile_set_name`); undefined where none is. */
export function fieldAt(record: unknown, name: string): unknown {
  const own = (value: unknown, key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  const plain = own(record, name);
  return plain !== undefined ? plain : name.split(".").reduce<unknown>(own, record);
}

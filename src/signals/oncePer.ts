/**
 * `make`, once per input: who asks again while the input lives is given what was made before, which is therefore not to
 * be written into. Signals that are tried with many parameters ask for the same counts again and again.
 *
 * @param make whatever more it is given must be the same for the same input
 */
export function oncePer<Input extends object, More extends unknown[], Made>(
  make: (input: Input, ...more: More) => Made,
): (input: Input, ...more: More) => Made {
  const made = new WeakMap<Input, { readonly result: Made }>();
  return (input, ...more) => {
    let known = made.get(input);
    if (known === undefined) {
      known = { result: make(input, ...more) };
      made.set(input, known);
    }
    return known.result;
  };
}

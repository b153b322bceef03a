/** A template, parsed. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly value: Expression }
  | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'if' | 'with'; readonly value: Expression; readonly then: Nodes; readonly otherwise: Nodes }
  | {
      readonly kind: 'range';
      /** Names of key and value, or of the value alone. */
      readonly names: readonly string[];
      readonly value: Expression;
      readonly then: Nodes;
      readonly otherwise: Nodes;
    };

export type Nodes = readonly Node[];

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** Fields of the value that `root` stands for: `.` is '', variables begin with `$`. */
  | { readonly kind: 'path'; readonly root: string; readonly fields: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

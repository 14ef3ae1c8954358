export interface MutationReport {
  readonly mutants: number;
  readonly killed: number;
  /** Mutants that nothing notices; `why` is empty for one without an explanation. */
  readonly survivors: readonly { readonly where: string; readonly why: string }[];
}

export interface MutateOptions {
  /** The short form: this many of the mutants that remove or force a check, spread evenly. */
  readonly sample?: number;
  /** Only mutants whose description contains the text. */
  readonly match?: string;
  readonly progress?: (text: string) => void;
}

/** What the model learns: verses written for this purpose. Public domain (CC0-1.0). */
export const TEXT = `a lamp was lit beside the sea, a keeper kept the flame.
the boats came home by two and three, and none forgot his name.
he wrote the hour, he wrote the tide, he wrote the wind and rain,
and every sum that he had tried he tried it once again.

a stranger came one winter night and asked him for his book.
how can i know that this is right, unless i stay and look?
the keeper smiled and drew a line, and left the page half bare.
pick any number, yours or mine, and check the answer there.

the stranger picked a single place, the keeper filled it in.
a wrong account would show its face, however small the sin.
so trust was never asked of you, and secrets stayed at rest.
what one man swore that he could do, one question put to test.

the lamp still burns beside the sea, the pages still are turned.
who doubts the sum may come and see how cheaply truth is earned.
`;

/** The characters of the text, in the order of their codes: token k is the k-th. */
export const ALPHABET = [...new Set(TEXT)].sort().join("");

export function tokensOf(text: string): number[] {
  return [...text].map((char) => ALPHABET.indexOf(char));
}

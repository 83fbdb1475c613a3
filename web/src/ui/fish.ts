/** One fish, swimming right: an SVG path in a box of 24 by 12. Every picture of ours is made of it. */
export const FISH =
  "M23.4 6C20.6 2.5 16.7.7 12.7.7 9.6.7 6.8 2 4.9 4.5L1.1 1.2C.5.7-.3 1.4.1 2L2 6 .1 10c-.4.7.4 1.3 1 .8l3.8-3.3c1.9 2.5 4.7 3.8 7.8 3.8 4 0 7.9-1.8 10.7-5.3Z";

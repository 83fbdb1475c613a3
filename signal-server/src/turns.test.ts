import { beforeEach, expect, test } from "vitest";
import { type Turn, Turns } from "./turns.ts";

const PER_TURN = 3;

/** A socket that is read while it isn't paused. */
class FakeSocket {
  isPaused = false;
  reads = 0;
  turn: Turn | undefined;

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  read(): void {
    if (this.isPaused) return;
    this.reads += 1;
    this.turn?.count();
  }
}

let turns: Turns;
let scheduled: (() => void)[];
beforeEach(() => {
  scheduled = [];
  turns = new Turns(PER_TURN, (act) => scheduled.push(act));
});

const nextTurn = (): void => {
  for (const act of scheduled.splice(0)) act();
};

function join(source: string, count: number): FakeSocket[] {
  const sockets = Array.from({ length: count }, () => new FakeSocket());
  for (const socket of sockets) socket.turn = turns.add(source, socket);
  return sockets;
}

test("a source's sockets are read a few in each turn, and each in its turn", () => {
  const sockets = join("a", 12);
  let before = 0;
  for (let turn = 0; turn < 24; turn++) {
    for (const socket of sockets) socket.read();
    const total = sockets.reduce((sum, { reads }) => sum + reads, 0);
    expect(total - before).toBeLessThanOrEqual(PER_TURN);
    before = total;
    nextTurn();
  }
  for (const { reads } of sockets) expect([2, 3, 4]).toContain(reads);
});

test("what one read has brought takes the turns of its source's other sockets", () => {
  const [talker, ...others] = join("a", 10);
  for (let frame = 0; frame < PER_TURN; frame++) talker?.turn?.count();
  nextTurn();
  expect(turns.size.waiting).toBe(10);
  talker?.turn?.count();
  nextTurn();
  expect(turns.size.waiting).toBe(10 - (PER_TURN - 1));
  while (scheduled.length > 0) nextTurn();
  expect(others.every(({ isPaused }) => !isPaused)).toBe(true);
});

test("others are read whatever one source does", () => {
  const many = join("a", 100);
  const few = join("b", 2);
  for (let turn = 0; turn < 10; turn++) {
    for (const socket of [...many, ...few]) socket.read();
    nextTurn();
  }
  expect(few.map(({ reads }) => reads)).toEqual([10, 10]);
});

test("once a flood is over nothing waits, and nothing is scheduled", () => {
  const sockets = join("a", 10);
  for (const socket of sockets) socket.read();
  expect(turns.size.waiting).toBe(10);
  while (scheduled.length > 0) nextTurn();
  expect(turns.size.waiting).toBe(0);
  expect(sockets.every(({ isPaused }) => !isPaused)).toBe(true);
});

test("a newcomer of a source that waits, waits as well", () => {
  const sockets = join("a", 4);
  for (const socket of sockets) socket.read();
  const late = new FakeSocket();
  turns.add("a", late);
  expect(late.isPaused).toBe(true);
  while (scheduled.length > 0) nextTurn();
  expect(late.isPaused).toBe(false);
});

test("sockets that have ended are forgotten, and their source with them", () => {
  const sockets = join("a", 5);
  for (const socket of sockets) socket.read();
  for (const { turn } of sockets) turn?.end();
  expect(turns.size).toEqual({ sources: 0, waiting: 0 });
  while (scheduled.length > 0) nextTurn();
  const again = join("a", 1);
  again[0]?.read();
  expect(again[0]?.reads).toBe(1);
});

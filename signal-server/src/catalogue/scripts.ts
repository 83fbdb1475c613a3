/**
 * What Redis does for the catalogue in one step each, in Lua. Names, where `P` is the prefix of all keys:
 *
 * | key | holds |
 * | --- | --- |
 * | `P:catalogue:standing` | hash: swarm -> what stands of it, as JSON |
 * | `P:catalogue:changed` | sorted set: swarms by the number of their last change |
 * | `P:catalogue:kept` | sorted set: swarms by when they can be forgotten |
 * | `P:catalogue:number` | the number of the last change |
 * | `P:catalogue:epoch` | a name made by chance, another one since Redis has forgotten everything |
 *
 * On the channel `P:catalogue` it is told that something has changed, or whose sources have.
 */
import { scriptOf } from "../store/scripts.ts";

const COMMON = `
local prefix = ARGV[1] .. ":catalogue"
local standing, changed, kept = prefix .. ":standing", prefix .. ":changed", prefix .. ":kept"
local number, epoch = prefix .. ":number", prefix .. ":epoch"
local function stored(swarm)
  local text = redis.call("HGET", standing, swarm)
  return text and cjson.decode(text)
end
local function put(swarm, text, untilMs, lifetimeMs)
  redis.call("HSET", standing, swarm, text)
  redis.call("ZADD", changed, redis.call("INCR", number), swarm)
  redis.call("ZADD", kept, untilMs, swarm)
  for _, key in ipairs({standing, changed, kept, number, epoch}) do
    redis.call("PEXPIRE", key, lifetimeMs)
  end
  redis.call("PUBLISH", prefix, "changed")
end
`;

/**
 * prefix, swarm, sequence, text, untilMs, lifetimeMs -> 1 if it was stored: the newest statement is, and
 * one that has ended is again.
 */
export const SAVE = scriptOf(`${COMMON}
local before = stored(ARGV[2])
local sequence = tonumber(ARGV[3])
if before and (before.sequence > sequence or before.sequence == sequence and not before.hasEnded) then
  return 0
end
put(ARGV[2], ARGV[4], ARGV[5], ARGV[6])
return 1
`);

/** The same, of one that has ended: it is stored where it is the newest. */
export const END = scriptOf(`${COMMON}
local before = stored(ARGV[2])
local sequence = tonumber(ARGV[3])
if before and (before.sequence ~= sequence or before.hasEnded) then return 0 end
put(ARGV[2], ARGV[4], ARGV[5], ARGV[6])
return 1
`);

/** prefix, epoch, since, most, lifetimeMs -> {epoch, number of the last one here, texts...}, the earliest changes first */
export const PULL = scriptOf(`${COMMON}
redis.call("SET", epoch, ARGV[2], "NX", "PX", ARGV[5])
local since = tonumber(ARGV[3])
local page = redis.call("ZRANGEBYSCORE", changed, "(" .. ARGV[3], "+inf", "WITHSCORES", "LIMIT", 0, ARGV[4])
local answer = {redis.call("GET", epoch), since}
for at = 1, #page, 2 do
  answer[2] = tonumber(page[at + 1])
  answer[#answer + 1] = redis.call("HGET", standing, page[at]) or ""
end
return answer
`);

/** prefix, nowMs, most -> how many were forgotten */
export const FORGET_OLD = scriptOf(`${COMMON}
local due = redis.call("ZRANGEBYSCORE", kept, "-inf", ARGV[2], "LIMIT", 0, ARGV[3])
for _, swarm in ipairs(due) do
  redis.call("HDEL", standing, swarm)
  redis.call("ZREM", changed, swarm)
  redis.call("ZREM", kept, swarm)
end
return #due
`);

/** All of them. */
export const SCRIPTS = [SAVE, END, PULL, FORGET_OLD];

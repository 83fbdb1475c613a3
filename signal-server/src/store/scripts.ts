/**
 * What Redis does in one step each, in Lua. Names, where `P` is the prefix of all keys:
 *
 * | key | holds |
 * | --- | --- |
 * | `P:swarm:<swarm>` | hash: peer -> its entry, as JSON |
 * | `P:seen:<swarm>` | sorted set: peers by when they last joined or announced |
 * | `P:listed:<swarm>` | set: peers that have announced |
 * | `P:holders:<swarm>` | hash: those of them that hold everything -> where each is |
 * | `P:processes` | sorted set: server processes by their last heartbeat |
 * | `P:of:<process>` | set: `<swarm> <peer>` of a process's peers |
 *
 * Some names are made in the scripts, so all keys have to be on one Redis: a cluster won't do.
 * Announces carry the clock of the process that runs them; heartbeats go by the clock of Redis.
 */
import { createHash } from "node:crypto";

/** One script, and the name by which Redis knows it once it has seen it. */
export type Script = { readonly text: string; readonly sha1: string };

const COMMON = `
local prefix = ARGV[1]
local function keysOf(swarm)
  return prefix .. ":swarm:" .. swarm, prefix .. ":seen:" .. swarm,
    prefix .. ":listed:" .. swarm, prefix .. ":holders:" .. swarm
end
local function redisMs()
  local time = redis.call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function isAlive(process, deadAfterMs)
  local beat = redis.call("ZSCORE", prefix .. ":processes", process)
  return beat and redisMs() - tonumber(beat) < deadAfterMs
end
local function entryOf(swarm, peer)
  local text = redis.call("HGET", prefix .. ":swarm:" .. swarm, peer)
  if not text then return nil end
  return cjson.decode(text), text
end
local function remove(swarm, peer)
  local entry = entryOf(swarm, peer)
  if entry then redis.call("SREM", prefix .. ":of:" .. entry.process, swarm .. " " .. peer) end
  local entries, seen, listed, holders = keysOf(swarm)
  redis.call("HDEL", entries, peer)
  redis.call("ZREM", seen, peer)
  redis.call("SREM", listed, peer)
  redis.call("HDEL", holders, peer)
end
local function expire(swarm, nowMs, lifetimeMs)
  local seen = prefix .. ":seen:" .. swarm
  for _, peer in ipairs(redis.call("ZRANGEBYSCORE", seen, "-inf", nowMs - lifetimeMs)) do
    remove(swarm, peer)
  end
end
`;

/** A script of this text. */
export const scriptOf = (text: string): Script => ({
  text,
  sha1: createHash("sha1").update(text).digest("hex"),
});

const script = (text: string): Script => scriptOf(COMMON + text);

/**
 * prefix, nowMs, lifetimeMs, deadAfterMs, swarm, peer, entry, held or "", source, numWant, chance ->
 * {"taken", entry} or {"listed", seeders, listed, entry that was replaced or "", others' entries...}.
 * The sample has one more than is wanted: the asker may be in it, or else one by chance is left out.
 */
export const ANNOUNCE = script(`
local nowMs, lifetimeMs, deadAfterMs = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local swarm, peer, text, held = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local source, numWant, chance = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
local entries, seen, listed, holders = keysOf(swarm)
expire(swarm, nowMs, lifetimeMs)

local mine = cjson.decode(text)
local before, beforeText = entryOf(swarm, peer)
local replaced = ""
if before and (before.process ~= mine.process or before.connection ~= mine.connection) then
  if before.joinedMs >= mine.joinedMs then return {"taken", beforeText} end
  replaced = beforeText
  redis.call("SREM", prefix .. ":of:" .. before.process, swarm .. " " .. peer)
end
redis.call("HSET", entries, peer, text)
redis.call("ZADD", seen, nowMs, peer)
redis.call("SADD", prefix .. ":of:" .. mine.process, swarm .. " " .. peer)
redis.call(held == "" and "SREM" or "SADD", listed, peer)
if held == "all" then redis.call("HSET", holders, peer, source) else redis.call("HDEL", holders, peer) end
for _, key in ipairs({entries, seen, listed, holders, prefix .. ":of:" .. mine.process}) do
  redis.call("PEXPIRE", key, lifetimeMs)
end

local others = {}
local alive = {[mine.process] = true}
for round = 1, numWant > 0 and 3 or 0 do
  others = {}
  local deadCount = 0
  for _, other in ipairs(redis.call("SRANDMEMBER", listed, numWant + 1)) do
    local entry, otherText = entryOf(swarm, other)
    if not entry then
      remove(swarm, other) -- Half of it was evicted.
      deadCount = deadCount + 1
    elseif other ~= peer then
      if alive[entry.process] == nil then
        alive[entry.process] = isAlive(entry.process, deadAfterMs) and true or false
      end
      if alive[entry.process] then
        others[#others + 1] = otherText
      else
        remove(swarm, other)
        deadCount = deadCount + 1
      end
    end
  end
  if deadCount == 0 then break end
end
if #others > numWant then table.remove(others, math.floor(chance * #others) + 1) end
local seederCount, listedCount = redis.call("HLEN", holders), redis.call("SCARD", listed)
return {"listed", seederCount, listedCount, replaced, unpack(others)}
`);

/** prefix, swarm, peer, process, connection */
export const LEAVE = script(`
local swarm, peer, process, connection = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local entry = entryOf(swarm, peer)
if entry and entry.process == process and entry.connection == connection then remove(swarm, peer) end
return 0
`);

/** prefix, nowMs, lifetimeMs, deadAfterMs, swarm, peer -> its entry, or false */
export const FIND = script(`
local nowMs, lifetimeMs, deadAfterMs = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local swarm, peer = ARGV[5], ARGV[6]
local entry, text = entryOf(swarm, peer)
if not entry or not isAlive(entry.process, deadAfterMs) then return false end
local seenMs = tonumber(redis.call("ZSCORE", prefix .. ":seen:" .. swarm, peer) or 0)
if nowMs - seenMs >= lifetimeMs then return false end
return text
`);

/** prefix, nowMs, lifetimeMs, deadAfterMs, swarms... -> for each of them, where its seeders are, once each */
export const SOURCES = script(`
local found = {}
for at = 5, #ARGV do
  expire(ARGV[at], tonumber(ARGV[2]), tonumber(ARGV[3]))
  local sources, known = {}, {}
  for _, source in ipairs(redis.call("HVALS", prefix .. ":holders:" .. ARGV[at])) do
    if not known[source] then
      known[source] = true
      sources[#sources + 1] = source
    end
  end
  found[#found + 1] = sources
end
return found
`);

/** prefix, process, most -> how many of a process's peers are left after so many were taken out. */
export const FORGET = script(`
local process, most = ARGV[2], tonumber(ARGV[3])
local of = prefix .. ":of:" .. process
for _, name in ipairs(redis.call("SRANDMEMBER", of, most)) do
  local space = string.find(name, " ", 1, true)
  local swarm, peer = string.sub(name, 1, space - 1), string.sub(name, space + 1)
  local entry = entryOf(swarm, peer)
  if entry and entry.process == process then remove(swarm, peer) end
  redis.call("SREM", of, name)
end
local left = redis.call("SCARD", of)
if left == 0 then redis.call("ZREM", prefix .. ":processes", process) end
return left
`);

/**
 * prefix, process, deadAfterMs, lifetimeMs -> {1 if Redis knew the process, else 0, processes that
 * have ended...}. The set of a process's peers lives as long as the process does.
 */
export const BEAT = script(`
local process, deadAfterMs, lifetimeMs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local processes = prefix .. ":processes"
local nowMs = redisMs()
local known = redis.call("ZSCORE", processes, process) and 1 or 0
redis.call("ZADD", processes, nowMs, process)
redis.call("PEXPIRE", processes, lifetimeMs)
redis.call("PEXPIRE", prefix .. ":of:" .. process, lifetimeMs)
return {known, unpack(redis.call("ZRANGEBYSCORE", processes, "-inf", nowMs - deadAfterMs))}
`);

/** All of them. */
export const SCRIPTS: readonly Script[] = [ANNOUNCE, LEAVE, FIND, SOURCES, FORGET, BEAT];

-- Stands in the line of one conversation: leaves, takes or renews places, and says whose turn it is. All at once.
--
-- KEYS: the line (name -> place), the leases (name -> until when, in milliseconds), whose turn it is, and since when
--       this Redis knows of any line: it has forgotten them all if that is not long ago.
-- ARGV: milliseconds of a lease; milliseconds for which nobody new gets a turn after all was forgotten;
--       how many leave, and their names; then of each that stands here, in the order of arrival:
--       its name, its place or '', and '1' if it has its turn already.
-- Returns whose turn it is, or '', and the places.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease, grace = tonumber(ARGV[1]), tonumber(ARGV[2])

local since = tonumber(redis.call('GET', KEYS[4]) or '')
if not since then
  since = now
  redis.call('SET', KEYS[4], string.format('%.0f', now))
end

local function leave(name)
  redis.call('ZREM', KEYS[1], name)
  redis.call('HDEL', KEYS[2], name)
  if redis.call('GET', KEYS[3]) == name then
    redis.call('DEL', KEYS[3])
  end
end

local at = 4
for _ = 1, tonumber(ARGV[3]) do
  leave(ARGV[at])
  at = at + 1
end

for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local ends = redis.call('HGET', KEYS[2], name)
  if not ends or tonumber(ends) < now then
    leave(name)
  end
end

local places = {}
while at <= #ARGV do
  local name, place, has_turn = ARGV[at], ARGV[at + 1], ARGV[at + 2] == '1'
  at = at + 3
  if not redis.call('ZSCORE', KEYS[1], name) then
    if place == '' then
      -- The time is the place, so that a line can be put together again after all was forgotten.
      local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
      place = math.max(time[1] * 1000000 + time[2], tonumber(last[2] or '0') + 1)
    end
    redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(place)), name)
  end
  redis.call('HSET', KEYS[2], name, string.format('%.0f', now + lease))
  if has_turn and redis.call('EXISTS', KEYS[3]) == 0 then
    redis.call('SET', KEYS[3], name)
  end
  places[#places + 1] = string.format('%.0f', tonumber(redis.call('ZSCORE', KEYS[1], name)))
end

if redis.call('EXISTS', KEYS[3]) == 0 and now - since >= grace then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0)
  if first[1] then
    redis.call('SET', KEYS[3], first[1])
  end
end
for i = 1, 3 do
  redis.call('PEXPIRE', KEYS[i], 2 * lease)
end
return {redis.call('GET', KEYS[3]) or '', places}

-- Puts a key, or a part of it, in place as an export showed it. Parts gather under staging names, which expire by themselves, until the last one lets them take the place of what is there.
-- KEYS: the key and its staging; of a log the hash, the list, and the staging of both.
-- ARGV: shape, expiry in Unix milliseconds ('' = never), '1' = the first part, '1' = the last part, then
-- of a document its header and value; of a map names and values in turn; of an index scores and members in turn;
-- of a log its last sequence and its revision, then ids ('' = none) and elements in turn.
-- Answers 1, or 0 when it has expired by now, which leaves what is there alone. A log's last sequence never goes back.
-- needs: now spread
local call, shape, expiry = redis.call, ARGV[1], ARGV[2]
local log = shape == 'l'
local names = log and { KEYS[1], KEYS[2] } or { KEYS[1] }
local staging = log and { KEYS[3], KEYS[4] } or { KEYS[2] }
local first, last = ARGV[3] == '1', ARGV[4] == '1'

if expiry ~= '' and tonumber(expiry) <= now() then
  call('UNLINK', unpack(staging))
  return 0
end

if shape == 'd' then
  call('SET', KEYS[1], ARGV[5])
  if expiry ~= '' then
    call('PEXPIREAT', KEYS[1], expiry)
  end
  return 1
end

if first then
  call('UNLINK', unpack(staging))
end
if shape == 'm' then
  if first then
    call('HSET', staging[1], '', expiry)
  end
  spread('HSET', staging[1], ARGV, 5, #ARGV)
  if last and call('HLEN', staging[1]) == 1 then
    call('UNLINK', staging[1])
  end
elseif shape == 'x' then
  spread('ZADD', staging[1], ARGV, 5, #ARGV)
else
  local elements, ids = {}, {}
  for i = 7, #ARGV, 2 do
    elements[#elements + 1] = ARGV[i + 1]
    if ARGV[i] ~= '' then
      ids[#ids + 1] = ARGV[i]
      ids[#ids + 1] = string.format('%.0f', (struct.unpack('<d', ARGV[i + 1])))
    end
  end
  spread('RPUSH', staging[2], elements, 1, #elements)
  spread('HSET', staging[1], ids, 1, #ids)
  if last then
    local before = call('HGET', KEYS[1], '')
    local sequence = math.max(tonumber(ARGV[5]), before and struct.unpack('<d', before) or 0)
    call('HSET', staging[1], '', struct.pack('<dd', sequence, tonumber(expiry) or 0), '\255', ARGV[6])
  end
end

for i, name in ipairs(names) do
  if not last then
    call('PEXPIRE', staging[i], 3600000)
  elseif call('EXISTS', staging[i]) == 0 then
    call('UNLINK', name)
  else
    call('RENAME', staging[i], name)
    if expiry == '' then
      call('PERSIST', name)
    else
      call('PEXPIREAT', name, expiry)
    end
  end
end
return 1

-- Reads the marker of a store, and makes it when it is absent. KEYS: the marker. ARGV: '1' = make it, format, store id, number of partitions, when a restore began or ''.
-- Answers nothing when it is absent, else {format, store id, number of partitions, when a restore began or ''}.
local marker = redis.call('HMGET', KEYS[1], 'format', 'store', 'partitions', 'restoring')
if not marker[1] then
  if ARGV[1] ~= '1' then
    return false
  end
  redis.call('HSET', KEYS[1], 'format', ARGV[2], 'store', ARGV[3], 'partitions', ARGV[4])
  if ARGV[5] ~= '' then
    redis.call('HSET', KEYS[1], 'restoring', ARGV[5])
  end
  return { ARGV[2], ARGV[3], ARGV[4], ARGV[5] }
end
return { marker[1], marker[2] or '', marker[3] or '', marker[4] or '' }

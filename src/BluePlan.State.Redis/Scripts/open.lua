-- Makes the marker of a store when it is absent, and raises its epoch. KEYS: the marker.
-- ARGV: format, store id, number of partitions, when a restore began or '', the least epoch it shall have.
-- Answers {format, store id, number of partitions, when a restore began or '', epoch}.
local key = KEYS[1]
if redis.call('HEXISTS', key, 'format') == 0 then
  redis.call('HSET', key, 'format', ARGV[1], 'store', ARGV[2], 'partitions', ARGV[3])
  if ARGV[4] ~= '' then
    redis.call('HSET', key, 'restoring', ARGV[4])
  end
end
if tonumber(ARGV[5]) > tonumber(redis.call('HGET', key, 'epoch') or 0) then
  redis.call('HSET', key, 'epoch', ARGV[5])
end
local answer = redis.call('HMGET', key, 'format', 'store', 'partitions', 'restoring', 'epoch')
for i = 1, 5 do
  answer[i] = answer[i] or ''
end
return answer

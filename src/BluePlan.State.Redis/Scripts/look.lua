-- What a server says of its own part in replication, the marker of a store as it has it, and the server's clock. It writes nothing, so a replica answers too. KEYS: the marker.
-- Answers {replication facts or '', format, store id, number of partitions, when a restore began, epoch, seconds, microseconds}, each missing field as ''.
-- A script may ask what clients ask in admin mode only.
local facts = redis.pcall('INFO', 'replication')
local answer = redis.call('HMGET', KEYS[1], 'format', 'store', 'partitions', 'restoring', 'epoch')
for i = 1, 5 do
  answer[i] = answer[i] or ''
end
local time = redis.call('TIME')
answer[6], answer[7] = time[1], time[2]
table.insert(answer, 1, type(facts) == 'string' and facts or '')
return answer

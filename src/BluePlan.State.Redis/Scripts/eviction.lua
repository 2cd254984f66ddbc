-- The policy by which the server throws keys away when its memory is full; nothing when it has no limit, or does not tell.
-- A script may ask what clients ask in admin mode only.
local facts = redis.pcall('INFO', 'memory')
if type(facts) ~= 'string' then
  return false
end
local limit = string.match(facts, 'maxmemory:(%d+)')
return limit and limit ~= '0' and string.match(facts, 'maxmemory_policy:([%w-]+)')

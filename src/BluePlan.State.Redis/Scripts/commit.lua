-- One commit: every condition and everything that can fail is checked before the first write, since Redis does not roll back.
-- The two loops are filled with the fragments of those operations that the commit has; each fragment moves k and a past its keys and arguments.
--
-- KEYS: the keys of the operations, in order; a log has two, its hash and its list.
-- ARGV: one letter an operation, then the arguments of the operations, in order.
-- Answers {0, results ...}, {1, operation, ETag that is there} for an unmet condition, {2, operation} for an overflow, {3, operation} for bytes where
-- counters are needed. Operations are counted from 0.
local call, byte, sub, format = redis.call, string.byte, string.sub, string.format
local K, A, kinds = KEYS, ARGV, ARGV[1]
local top = 9007199254740991
local k, a = 1, 2
local failure
local memo, known = {}, {}
--[[ helpers ]]
for o = 1, #kinds do
  local kind = byte(kinds, o)
  --[[ checks ]]
end
if failure then
  return failure
end

local answer, out = { 0 }, 1
k, a = 1, 2
for o = 1, #kinds do
  local kind = byte(kinds, o)
  --[[ applies ]]
end
return answer

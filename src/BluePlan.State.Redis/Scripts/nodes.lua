-- What a node of a cluster knows of all of them. A script may ask what clients ask in admin mode only.
return redis.call('CLUSTER', 'NODES')

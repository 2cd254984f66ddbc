using NUnit.Framework;

// A server's clock cannot be advanced, so tests of expiry wait, and while they wait others run: each has a store of its own.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(8)]

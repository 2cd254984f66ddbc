namespace BluePlan.State.Storage;

/// <summary>How an <see cref="OrderedTree{T,TOrder}"/> orders its items; static, so that the comparison is compiled into the search.</summary>
internal interface ITreeOrder<T>
{
    static abstract int Compare(in T left, in T right);
}

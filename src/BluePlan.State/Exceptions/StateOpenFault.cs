namespace BluePlan.State;

/// <summary>Specifies why a store was not opened.</summary>
public enum StateOpenFault
{
    /// <summary>The store does not exist, and the mode does not create it.</summary>
    NotFound = 0,

    /// <summary>Another process owns the store. Opening can succeed later.</summary>
    InUse = 1,

    /// <summary>The store has another number of partitions.</summary>
    PartitionCount = 2,

    /// <summary>The store keeps its reports in another time zone.</summary>
    ReportingTimeZone = 3,

    /// <summary>
    /// Another version of this library wrote the store, in a format that this version does not read. Nothing is damaged.
    /// </summary>
    Version = 4,

    /// <summary>Another user can read or change the store, and the settings require that it is private.</summary>
    NotPrivate = 5,
}

package io.catwalk.onnx.trace;

import java.util.Set;

/** Sorts the methods of an array that are no operations, by what they do. */
final class Roles {

    /** What an array is, whatever it holds: the engine answers. */
    static final Set<String> FACTS = Set.of(
            "getShape",
            "getDataType",
            "getDevice",
            "getName",
            "setName",
            "getUid",
            "getSparseFormat",
            "isSparse",
            "isScalar",
            "size",
            "isEmpty",
            "isReleased",
            "hasGradient",
            "shapeEquals");

    /** When memory is freed: nothing is, before the trace ends. */
    static final Set<String> LIFE = Set.of("close", "tempAttach", "returnResource", "setRequiresGradient");

    /** What lets an array outlive the trace. */
    static final Set<String> KEEPING = Set.of("attach", "detach");

    /** What looks at numbers. */
    static final Set<String> READS = Set.of(
            "toByteBuffer",
            "toArray",
            "toBooleanArray",
            "toByteArray",
            "toDoubleArray",
            "toFloatArray",
            "toIntArray",
            "toLongArray",
            "toShortArray",
            "toStringArray",
            "toUint8Array",
            "toUnsignedIntArray",
            "toUnsignedShortArray",
            "getBoolean",
            "getByte",
            "getDouble",
            "getFloat",
            "getInt",
            "getLong",
            "getUint8",
            "contentEquals",
            "allClose",
            "copyTo",
            "encode");

    /** What replaces numbers. */
    static final Set<String> WRITES = Set.of("set", "setScalar", "intern");

    private Roles() {}
}

package io.catwalk.onnx.trace;

import java.util.Set;

/** Groups the methods of an array that are not operations by what they do. */
final class MethodRoles {

    /** Methods that return properties of an array, whatever its content: the engine answers. */
    static final Set<String> FACTS = Set.of(("getShape getDataType getDevice getName setName getUid "
                    + "getSparseFormat isSparse isScalar size isEmpty isReleased hasGradient shapeEquals")
            .split(" ", -1));

    /** Methods that manage memory or gradients; nothing is freed before the trace ends. */
    static final Set<String> LIFE = Set.of("close", "tempAttach", "returnResource", "setRequiresGradient");

    /** Methods that let an array outlive the trace. */
    static final Set<String> KEEPING = Set.of("attach", "detach");

    /** Methods that read numbers. */
    static final Set<String> READS = Set.of(("toByteBuffer toArray toBooleanArray toByteArray toDoubleArray "
                    + "toFloatArray toIntArray toLongArray toShortArray toStringArray toUint8Array toUnsignedIntArray "
                    + "toUnsignedShortArray getBoolean getByte getDouble getFloat getInt getLong getUint8 "
                    + "contentEquals allClose copyTo encode toDebugString")
            .split(" ", -1));

    /** Methods that replace numbers. */
    static final Set<String> WRITES = Set.of("set", "setScalar", "intern");

    private MethodRoles() {}
}

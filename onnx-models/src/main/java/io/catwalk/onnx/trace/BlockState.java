package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Saves and restores what blocks hold beside their parameters: counters, and arrays that {@code forward} creates once
 * and keeps. Covers blocks, lambdas, and the arrays and collections in their fields, but nothing deeper.
 */
public final class BlockState {

    private static final int LARGEST_ARRAY = 1 << 20;
    private static final long LARGEST_CONTENT = 16 << 20;

    private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Runnable> restorations = new ArrayList<>();
    private final List<Runnable> restorationsOfMaps = new ArrayList<>();

    private BlockState() {}

    /** Saves the current state. */
    public static BlockState of(Block root) {
        BlockState state = new BlockState();
        state.visit(root);
        return state;
    }

    /** Restores the saved state. A collection that cannot be changed, such as a view of another, is left as it is. */
    public void restore() {
        restorations.forEach(BlockState::run);
        restorationsOfMaps.forEach(BlockState::run); // last, since a set may be a view of a map and write into it
    }

    private static void run(Runnable restoration) {
        try {
            restoration.run();
        } catch (UnsupportedOperationException e) {
            // What this collection shows is restored with the one behind it, if the block holds that, too. If not, it
            // stays as the calls of forward have left it. That makes no file wrong: the calls of a trace follow each
            // other without a restoration, and all must be alike, so a block that computes something else after the
            // change is refused. So is the next export of a block that keeps an array there that is closed by then.
        }
    }

    private void visit(@Nullable Object value) {
        if (value == null || !visited.add(value)) {
            return;
        }
        if (value instanceof NDArray array) {
            array(array);
        } else if (value instanceof Block block) {
            fields(value);
            block.getChildren().forEach(child -> visit(child.getValue()));
        } else if (value.getClass().isArray()) {
            elements(value);
        } else if (value instanceof Collection<?> collection) {
            collection(collection);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else {
            atomic(value);
            if (isFunction(value.getClass())) {
                fields(value);
            }
        }
    }

    private static boolean isFunction(Class<?> type) {
        return type.isSynthetic() || type.isAnonymousClass(); // the classes of lambdas are synthetic
    }

    private void fields(Object holder) {
        for (Class<?> type = holder.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field(holder, field);
                }
            }
        }
    }

    private void field(Object holder, Field field) {
        try {
            field.setAccessible(true);
            Object before = field.get(holder);
            if (!Modifier.isFinal(field.getModifiers())) {
                restorations.add(() -> set(holder, field, before));
            }
            visit(before);
        } catch (InaccessibleObjectException | IllegalAccessException e) {
            // Fields that a module hides are not restored: arrays in them continue to work on their own.
            visited.add(field);
        }
    }

    private static void set(Object holder, Field field, @Nullable Object before) {
        try {
            Object now = field.get(holder);
            if (field.getType().isPrimitive() ? !Objects.equals(now, before) : now != before) {
                field.set(holder, before);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a field that could be read cannot be written: " + field, e);
        }
    }

    private void elements(Object array) {
        int length = Array.getLength(array);
        if (length > LARGEST_ARRAY) {
            return;
        }
        Object copy = Array.newInstance(array.getClass().getComponentType(), length);
        System.arraycopy(array, 0, copy, 0, length);
        restorations.add(() -> System.arraycopy(copy, 0, array, 0, length));
        if (array instanceof Object[] objects) {
            for (Object element : objects) {
                visit(element);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private void collection(Collection<?> collection) {
        List<Object> before = new ArrayList<>(collection);
        restorations.add(() -> refill((Collection<Object>) collection, before));
        before.forEach(this::visit);
    }

    private static void refill(Collection<Object> collection, List<Object> before) {
        List<Object> now = new ArrayList<>(collection);
        if (collection instanceof List<Object> list && now.size() == before.size()) {
            for (int i = 0; i < before.size(); i++) {
                if (now.get(i) != before.get(i)) {
                    list.set(i, before.get(i)); // a list of fixed size cannot be cleared
                }
            }
        } else if (!same(now, before)) {
            if (!(collection instanceof Queue)) { // a queue may have no room for more
                collection.addAll(before); // throws for the keys or values of a map, which clear() would empty
            }
            collection.clear();
            collection.addAll(before);
        }
    }

    private static boolean same(List<Object> now, List<Object> before) {
        return now.size() == before.size() && IntStream.range(0, now.size()).allMatch(i -> now.get(i) == before.get(i));
    }

    @SuppressWarnings("unchecked")
    private void map(Map<?, ?> map) {
        Map<Object, Object> before = new LinkedHashMap<>(map);
        restorationsOfMaps.add(() -> {
            boolean same = map.size() == before.size();
            for (Map.Entry<Object, Object> entry : before.entrySet()) {
                same = same && map.get(entry.getKey()) == entry.getValue();
            }
            if (!same) {
                ((Map<Object, Object>) map).putAll(before); // throws for a view that only clear() can change
                ((Map<Object, Object>) map).clear();
                ((Map<Object, Object>) map).putAll(before);
            }
        });
        before.values().forEach(this::visit);
    }

    @SuppressWarnings("unchecked")
    private void atomic(Object value) {
        if (value instanceof AtomicInteger number) {
            int before = number.get();
            restorations.add(() -> number.set(before));
        } else if (value instanceof AtomicLong number) {
            long before = number.get();
            restorations.add(() -> number.set(before));
        } else if (value instanceof AtomicBoolean flag) {
            boolean before = flag.get();
            restorations.add(() -> flag.set(before));
        } else if (value instanceof AtomicReference<?> reference) {
            Object before = reference.get();
            restorations.add(() -> ((AtomicReference<Object>) reference).set(before));
            visit(before);
        }
    }

    /** Saves the content of an array that a block changes in place; that of a sparse one cannot be read as a whole. */
    private void array(NDArray array) {
        boolean small = !Proxy.isProxyClass(array.getClass())
                && !array.isReleased()
                && !array.isSparse()
                && array.getShape().size() * array.getDataType().getNumOfBytes() <= LARGEST_CONTENT;
        if (!small) {
            return;
        }
        byte[] before = Tape.data("array", array);
        restorations.add(() -> {
            if (!array.isReleased() && !java.util.Arrays.equals(before, Tape.data("array", array))) {
                array.set(java.nio.ByteBuffer.wrap(before).order(java.nio.ByteOrder.nativeOrder()));
            }
        });
    }
}

package io.catwalk.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GradientsTest {

    private static final int CONSTANTS = 500;

    /** Half of the constants are 2 and half are 1/2, so that the product is 1, which is exact in binary. */
    @Test
    void constantsOutliveAGarbageCollectionBetweenForwardAndBackward() throws InterruptedException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray weights = manager.ones(new Shape(3));
            weights.setRequiresGradient(true);
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                NDArray product = weights;
                for (int i = 0; i < CONSTANTS / 2; i++) {
                    product = product.mul(2.0).div(2.0);
                }
                overwriteFreedMemory();
                collector.backward(product.sum());
            }
            assertThat(weights.getGradient().toFloatArray()).containsExactly(1, 1, 1);
        }
    }

    @Test
    void letsGoOfConstantsAndClosesNoArrayWhenItIsClosed() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray made;
            try (GradientCollector collector = Gradients.collector(manager.getEngine())) {
                collector.zeroGradients();
                made = manager.create(new float[] {1, 2});
            }
            assertThat(made.toFloatArray()).containsExactly(1, 2);
            NDArray later;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                later = manager.create(3f);
            }
            assertThat(later.isReleased()).as("DJL's own scopes work as before").isTrue();
        }
    }

    @Test
    void aVersionOfDjlWithoutTheFieldIsReportedByEveryCall() throws ReflectiveOperationException {
        Engine engine = Engine.getEngine("PyTorch");
        Class<?> again = new OtherDjl().loadClass(Gradients.class.getName());
        Method collector = again.getMethod("collector", Engine.class);
        for (int call = 0; call < 2; call++) {
            assertThatThrownBy(() -> collector.invoke(null, engine))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("expected DJL 0.36, whose ai.djl.ndarray.NDScope has a field resources that can be"
                            + " read, but found none: use the version of DJL that Catwalk comes with");
        }
    }

    /** Loads the class under test once more, with a scope of DJL whose field has another name of the same length. */
    private static final class OtherDjl extends ClassLoader {

        OtherDjl() {
            super(GradientsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean scope = name.equals(NDScope.class.getName());
            if (!scope && !name.startsWith(Gradients.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] content = Objects.requireNonNull(file, name).readAllBytes();
                if (scope) {
                    content = new String(content, StandardCharsets.ISO_8859_1)
                            .replace("resources", "elsewhere")
                            .getBytes(StandardCharsets.ISO_8859_1);
                }
                return defineClass(name, content, 0, content.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Frees the memory of unreachable buffers and lets other buffers overwrite it. */
    private static void overwriteFreedMemory() throws InterruptedException {
        List<ByteBuffer> others = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            System.gc();
            Thread.sleep(20); // a thread of the virtual machine frees buffers, and does not report it
            for (int i = 0; i < 20 * CONSTANTS; i++) {
                others.add(ByteBuffer.allocateDirect(Double.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putDouble(Double.NaN));
            }
        }
        assertThat(others).hasSize(100 * CONSTANTS);
    }
}

package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Subclasses of DJL's block, as users write them. */
final class OwnBlocks {

    private OwnBlocks() {}

    /** Computes one array from one array and weights. */
    abstract static class Own extends AbstractBlock {

        abstract NDArray apply(NDArray x, Function<Parameter, NDArray> values);

        final Parameter weight(String name, long... sizes) {
            return addParameter(named(name, Parameter.Type.WEIGHT)
                    .optShape(new Shape(sizes))
                    .build());
        }

        static Parameter.Builder named(String name, Parameter.Type type) {
            return Parameter.builder().setName(name).setType(type);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray x = inputs.head();
            return new NDList(apply(x, parameter -> store.getValue(parameter, x.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Embeds the numbers 0 to 8. */
    static final class Words extends Own {

        private final Parameter table = weight("table", 9, 4);

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            return Embedding.embedding(x, values.apply(table), SparseFormat.DENSE)
                    .head();
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {inputShapes[0].add(4)};
        }
    }

    /** Runs the same layer a number of times. */
    static final class Loop extends AbstractBlock {

        private final Block layer =
                addChildBlock("layer", Linear.builder().setUnits(6).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray x = inputs.head();
            for (int i = 0; i < 4; i++) {
                NDArray next = layer.forward(store, new NDList(x), training).head();
                x = Activation.relu(next).add(inputs.head().mul(i));
            }
            return new NDList(x);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
            layer.initialize(manager, dataType, inputShapes);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }

    /** Computes its weight from two parameters (Salimans and Kingma, 2016). */
    static final class WeightNormalized extends Own {

        private final Parameter direction = weight("direction", 3, 6);
        private final Parameter length = weight("length", 3, 1);

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            NDArray v = values.apply(direction);
            NDArray weight = v.mul(values.apply(length)).div(v.norm(new int[] {1}, true));
            return x.matMul(weight.transpose());
        }
    }

    /** Changes its own parameter, which only training should do. */
    static final class Writing extends Own {

        private final Parameter counter = addParameter(
                named("counter", Parameter.Type.BIAS).optShape(new Shape(1)).build());
        private final Consumer<NDArray> write;

        Writing(Consumer<NDArray> write) {
            this.write = write;
        }

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            NDArray count = values.apply(counter);
            write.accept(count);
            return x.add(count);
        }
    }

    /** Creates a mask on its first run, keeps it, and counts its calls. */
    static final class Caching extends Own {

        @Nullable
        NDArray kept;

        int calls;
        boolean failing;

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            calls++;
            if (kept == null) {
                kept = x.getManager().arange(6f).add(1);
                kept.detach();
            }
            return failing ? x.mul(kept).atanh() : x.mul(kept);
        }
    }

    /** Looks up rows in one matrix. */
    static final class Huge extends Own {

        private final Parameter table =
                addParameter(named("table", Parameter.Type.WEIGHT).build());

        Huge(NDArray matrix) {
            table.setArray(matrix);
        }

        @Override
        NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
            NDArray ids = x.toType(DataType.INT64, false);
            return Embedding.embedding(ids, values.apply(table), SparseFormat.DENSE)
                    .head();
        }
    }
}

package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.Consumer;
import java.util.function.Function;

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

    /** Attention of two heads, as users write it: token ids (batch, sequence) and a mask of the same shape. */
    static final class Transformer extends Own {

        private final Parameter words = weight("words", 11, 8);
        private final Parameter positions = weight("positions", 43, 8);

        @Override
        NDArray apply(NDArray ids, Function<Parameter, NDArray> values) {
            NDArray places = values.apply(positions)
                    .get(new NDIndex("0:{}", ids.getShape().get(1)));
            return values.apply(words).get(new NDIndex().addIndices("{}", ids)).add(places);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray x = super.forwardInternal(store, inputs, training, params).head();
            long batch = x.getShape().get(0);
            long sequence = x.getShape().get(1);
            NDArray mask = inputs.get(1).toType(DataType.FLOAT32, false);
            NDArray far = mask.neg().add(1).mul(-1e4f).reshape(-1, 1, 1, sequence);
            NDArray heads = x.reshape(batch, sequence, 2, 4).transpose(0, 2, 1, 3);
            NDArray likeness = heads.matMul(heads.transpose(0, 1, 3, 2)).div(2);
            NDArray seen = likeness.add(far).softmax(-1).matMul(heads);
            return new NDList(x.add(seen.transpose(0, 2, 1, 3).reshape(batch, sequence, 8)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {inputShapes[0].add(8)};
        }
    }
}

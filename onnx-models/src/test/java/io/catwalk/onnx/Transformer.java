package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** One layer of a transformer as users write it: token ids (batch, sequence) and a mask of the same shape. */
final class Transformer extends AbstractBlock {

    private static final float FAR = -1e4f;

    private final int width;
    private final int heads;
    private final Parameter words;
    private final Parameter positions;
    private final Linear queries;
    private final Linear keys;
    private final Linear values;
    private final Linear output;
    private final LayerNorm norm;

    Transformer(int vocabulary, int width, int heads, int longest) {
        this.width = width;
        this.heads = heads;
        words = addParameter(table("words", vocabulary));
        positions = addParameter(table("positions", longest));
        queries = addChildBlock("queries", Linear.builder().setUnits(width).build());
        keys = addChildBlock("keys", Linear.builder().setUnits(width).build());
        values = addChildBlock("values", Linear.builder().setUnits(width).build());
        output = addChildBlock("output", Linear.builder().setUnits(width).build());
        norm = addChildBlock("norm", LayerNorm.builder().axis(2).build());
    }

    private Parameter table(String name, int rows) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(rows, width))
                .build();
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputShapes) {
        getChildren().values().forEach(child -> child.initialize(manager, dataType, inputShapes[0].add(width)));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray ids = inputs.get(0);
        long sequence = ids.getShape().get(1);
        NDArray table = store.getValue(words, ids.getDevice(), training);
        NDArray places = store.getValue(positions, ids.getDevice(), training).get(new NDIndex("0:{}", sequence));
        NDArray x = table.get(new NDIndex().addIndices("{}", ids)).add(places);
        NDArray far = inputs.get(1)
                .toType(DataType.FLOAT32, false)
                .neg()
                .add(1)
                .mul(FAR)
                .reshape(-1, 1, 1, sequence);
        NDArray likeness = split(queries, store, x)
                .matMul(split(keys, store, x).transpose(0, 1, 3, 2))
                .div(Math.sqrt(width / (double) heads));
        NDArray seen = likeness.add(far).softmax(-1).matMul(split(values, store, x));
        NDArray joined = seen.transpose(0, 2, 1, 3).reshape(ids.getShape().get(0), sequence, width);
        NDArray sum = x.add(output.forward(store, new NDList(joined), false).singletonOrThrow());
        return norm.forward(store, new NDList(sum), false);
    }

    /** Returns (batch, heads, sequence, width / heads). */
    private NDArray split(Linear projection, ParameterStore store, NDArray x) {
        NDArray projected = projection.forward(store, new NDList(x), false).singletonOrThrow();
        Shape shape = x.getShape();
        return projected
                .reshape(shape.get(0), shape.get(1), heads, width / heads)
                .transpose(0, 2, 1, 3);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(width)};
    }
}

package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.linearNoBias;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Network.Feed.floats;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.List;

/** What people put in place of attention. */
final class AttentionForms {
    private AttentionForms() {}

    static List<Network> networks() {
        return new Family("transformer")
                .add("linear attention", AttentionForms::linearAttention, floats(6, 16))
                .add("Performer", AttentionForms::performer, floats(6, 16))
                .add("Linformer", AttentionForms::linformer, floats(6, 16))
                .add("rotary", AttentionForms::rotary, floats(6, 16))
                .add("relative bias", AttentionForms::relative, floats(6, 16))
                .add("MLP-Mixer", AttentionForms::mixer, floats(9, 12))
                .add("gMLP", AttentionForms::gmlp, floats(6, 12))
                .add("FNet by matrix", AttentionForms::fnet, floats(8, 8))
                .networks();
    }

    private static Block linearAttention() {
        return new Projected(16) {
            @Override
            NDArray attend(NDArray q, NDArray k, NDArray v) {
                NDArray fq = Activation.elu(q, 1f).add(1);
                NDArray fk = Activation.elu(k, 1f).add(1);
                NDArray kv = fk.transpose(0, 2, 1).matMul(v);
                NDArray z = fq.mul(fk.sum(new int[] {1}, true)).sum(new int[] {2}, true);
                return fq.matMul(kv).div(z.add(1e-6));
            }
        };
    }

    private static Block performer() {
        return new Projected(16) {
            final Parameter features = weight("features", 16, 24);

            @Override
            NDArray attend(NDArray q, NDArray k, NDArray v) {
                NDArray w = features.getArray();
                NDArray fq = q.matMul(w)
                        .sub(q.square().sum(new int[] {-1}, true).div(2))
                        .exp()
                        .add(1e-4);
                NDArray fk = k.matMul(w)
                        .sub(k.square().sum(new int[] {-1}, true).div(2))
                        .exp()
                        .add(1e-4);
                NDArray sum = fk.sum(new int[] {1}).expandDims(2);
                return fq.matMul(fk.swapAxes(1, 2).matMul(v)).div(fq.matMul(sum));
            }
        };
    }

    private static Block linformer() {
        return new Projected(16) {
            final Parameter shrink = weight("shrink", 3, 6);

            @Override
            NDArray attend(NDArray q, NDArray k, NDArray v) {
                NDArray e = shrink.getArray();
                NDArray scores = q.matMul(e.matMul(k).transpose(0, 2, 1)).mul(0.25);
                return scores.softmax(-1).matMul(e.matMul(v));
            }
        };
    }

    /** Projects to queries, keys and values, and attends in one head as a subclass says. */
    abstract static class Projected extends Net {
        private final Block query;
        private final Block key;
        private final Block value;

        Projected(int size) {
            query = child(linearNoBias(size), 1, 1, size);
            key = child(linearNoBias(size), 1, 1, size);
            value = child(linearNoBias(size), 1, 1, size);
        }

        abstract NDArray attend(NDArray q, NDArray k, NDArray v);

        @Override
        NDArray apply(Call call, NDArray x) {
            return attend(call.run(query, x), call.run(key, x), call.run(value, x));
        }
    }

    private static NDArray rotate(NDArray x) {
        NDManager manager = x.getManager();
        int time = (int) x.getShape().get(1);
        int half = (int) x.getShape().get(2) / 2;
        NDArray frequencies =
                manager.create(10000f).pow(manager.arange(0f, half).div(-half));
        NDArray angles = manager.arange(0f, time).reshape(time, 1).matMul(frequencies.reshape(1, half));
        NDArray cos = angles.cos();
        NDArray sin = angles.sin();
        NDArray a = x.get("..., :{}", half);
        NDArray b = x.get("..., {}:", half);
        return a.mul(cos).sub(b.mul(sin)).concat(b.mul(cos).add(a.mul(sin)), -1);
    }

    private static Block rotary() {
        return new Projected(16) {
            @Override
            NDArray attend(NDArray q, NDArray k, NDArray v) {
                return rotate(q)
                        .matMul(rotate(k).transpose(0, 2, 1))
                        .mul(0.25f)
                        .softmax(-1)
                        .matMul(v);
            }
        };
    }

    private static Block relative() {
        return new Projected(16) {
            final Parameter table = weight("table", 11);

            @Override
            NDArray attend(NDArray q, NDArray k, NDArray v) {
                NDManager manager = q.getManager();
                NDArray steps = manager.arange(6);
                NDArray distance = steps.expandDims(0).sub(steps.expandDims(1)).add(5);
                NDArray bias = table.getArray()
                        .get(distance.flatten().toType(DataType.INT64, false))
                        .reshape(6, 6);
                return q.matMul(k.transpose(0, 2, 1))
                        .mul(0.25f)
                        .add(bias)
                        .softmax(-1)
                        .matMul(v);
            }
        };
    }

    private static Block mixer() {
        return new Net() {
            final Block tokens = child(seq(linear(18), Activation.geluBlock(), linear(9)), 1, 12, 9);
            final Block channels = child(seq(linear(24), Activation.geluBlock(), linear(12)), 1, 9, 12);
            final Block first = child(ln(2), 1, 9, 12);
            final Block second = child(ln(2), 1, 9, 12);

            @Override
            NDArray apply(Call call, NDArray x) {
                NDArray y = call.run(first, x).transpose(0, 2, 1);
                x = x.add(call.run(tokens, y).transpose(0, 2, 1));
                return x.add(call.run(channels, call.run(second, x)));
            }
        };
    }

    private static Block gmlp() {
        return new Net() {
            final Block in = child(seq(linear(24), Activation.geluBlock()), 1, 6, 12);
            final Block norm = child(ln(2), 1, 6, 12);
            final Block spatial = child(linear(6), 1, 12, 6);
            final Block out = child(linear(12), 1, 6, 12);

            @Override
            NDArray apply(Call call, NDArray x) {
                NDList halves = call.run(in, x).split(2, 2);
                NDArray gate = call.run(norm, halves.get(1)).transpose(0, 2, 1);
                gate = call.run(spatial, gate).transpose(0, 2, 1);
                return x.add(call.run(out, halves.get(0).mul(gate.add(1))));
            }
        };
    }

    private static NDArray fourier(NDManager manager, int size) {
        float[] cos = new float[size * size];
        for (int i = 0; i < cos.length; i++) {
            cos[i] = (float) Math.cos(2 * Math.PI * Math.floorDiv(i, size) * (i % size) / size);
        }
        return manager.create(cos, new Shape(size, size));
    }

    private static Block fnet() {
        return seq(
                lambda(x -> {
                    NDArray f = fourier(x.getManager(), 8);
                    return f.matMul(x).matMul(f).add(x);
                }),
                ln(2),
                linear(4));
    }
}

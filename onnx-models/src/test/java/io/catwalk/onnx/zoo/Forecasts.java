package io.catwalk.onnx.zoo;

import static io.catwalk.onnx.zoo.Layers.bn;
import static io.catwalk.onnx.zoo.Layers.conv1d;
import static io.catwalk.onnx.zoo.Layers.lambda;
import static io.catwalk.onnx.zoo.Layers.linear;
import static io.catwalk.onnx.zoo.Layers.ln;
import static io.catwalk.onnx.zoo.Layers.lstm;
import static io.catwalk.onnx.zoo.Layers.relu;
import static io.catwalk.onnx.zoo.Layers.seq;
import static io.catwalk.onnx.zoo.Layers.words;
import static io.catwalk.onnx.zoo.Network.Feed.between;
import static io.catwalk.onnx.zoo.Network.Feed.floats;
import static io.catwalk.onnx.zoo.Network.Feed.ids;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;

/** Forecasting. */
final class Forecasts {
    private Forecasts() {}

    static List<Network> networks() {
        return new Family("time series")
                .add("N-BEATS", Forecasts::nBeats, floats(12))
                .add("N-BEATS seasonal", Forecasts::seasonal, floats(12))
                .add("N-HiTS", Forecasts::nHits, floats(16))
                .add("TFT gating", Forecasts::gating, floats(5, 6))
                .add("DeepAR", Forecasts::deepAr, ids(4), floats(20), floats(20, 3))
                .add("DeepAR negative binomial", Forecasts::negativeBinomial, between(0, 9, 12))
                .add("Informer distilling", Forecasts::distilling, floats(16, 8))
                .add("ProbSparse", Forecasts::probSparse, floats(10, 8))
                .networks();
    }

    private static Block nBeats() {
        var net = new Net();
        List<Block> trunks = new ArrayList<>();
        List<Block> backs = new ArrayList<>();
        List<Block> forwards = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            trunks.add(net.child(seq(linear(16), relu(), linear(16), relu()), 1, 12));
            backs.add(net.child(linear(12), 1, 16));
            forwards.add(net.child(linear(4), 1, 16));
        }
        return net.on((call, x) -> {
            NDArray forecast = null;
            for (int i = 0; i < trunks.size(); i++) {
                NDArray h = call.run(trunks.get(i), x);
                x = x.sub(call.run(backs.get(i), h));
                NDArray f = call.run(forwards.get(i), h);
                forecast = forecast == null ? f : forecast.add(f);
            }
            return forecast;
        });
    }

    private static Block seasonal() {
        var net = new Net();
        Block theta = net.child(seq(linear(8), relu(), linear(6)), 1, 12);
        return net.on((call, x) -> {
            NDManager manager = x.getManager();
            NDArray t = manager.arange(0f, 5f).div(5);
            NDList basis = new NDList();
            for (int i = 1; i <= 3; i++) {
                basis.add(t.mul(2 * Math.PI * i).cos());
                basis.add(t.mul(2 * Math.PI * i).sin());
            }
            return call.run(theta, x).dot(NDArrays.stack(basis));
        });
    }

    private static Block nHits() {
        var net = new Net();
        Block coarse = net.child(seq(linear(8), relu(), linear(3)), 1, 4);
        return net.on((call, x) -> {
            NDArray pooled = Pool.maxPool1d(x.expandDims(1), new Shape(4), new Shape(4), new Shape(0), false)
                    .squeeze(1);
            NDArray knots = call.run(coarse, pooled);
            return knots.expandDims(1)
                    .expandDims(1)
                    .getNDArrayInternal()
                    .interpolation(new long[] {1, 9}, 1, false)
                    .reshape(-1, 9);
        });
    }

    private static Block gating() {
        var net = new Net();
        Block dense = net.child(seq(linear(6), Activation.eluBlock(1f), linear(12)), 1, 5, 6);
        Block norm = net.child(ln(2), 1, 5, 6);
        Block select = net.child(linear(6), 1, 5, 6);
        return net.on((call, x) -> {
            NDArray weights = call.run(select, x).softmax(-1);
            NDArray y = x.mul(weights);
            NDList halves = call.run(dense, y).split(2, 2);
            return call.run(norm, y.add(halves.get(0).mul(Activation.sigmoid(halves.get(1)))));
        });
    }

    private static Block deepAr() {
        var net = new Net();
        Block embed = net.child(words(4, 3), 1);
        Block rnn = net.child(lstm(8, 2).build(), 1, 12, 10);
        Block mu = net.child(linear(1), 1, 12, 8);
        Block sigma = net.child(linear(1), 1, 12, 8);
        return net.onAll((call, in) -> {
            NDArray target = in.get(1);
            NDArray context = target.get(":, {}:", -12);
            NDArray scale = context.abs().mean(new int[] {1}, true).maximum(1e-10f);
            NDArray scaled = target.div(scale);
            NDList lags = new NDList();
            for (int lag : new int[] {1, 2, 7}) {
                lags.add(scaled.get(":, {}:{}", -lag - 12, -lag));
            }
            NDArray cat = call.run(embed, in.get(0));
            NDArray still = cat.concat(scale.log(), 1).expandDims(1).repeat(1, 12);
            NDArray x = NDArrays.concat(
                    new NDList(NDArrays.stack(lags, -1), still, in.get(2).get(":, -12:")), -1);
            NDArray h = call.run(rnn, x);
            NDArray deviation = Activation.softPlus(call.run(sigma, h)).squeeze(-1);
            return new NDList(call.run(mu, h).squeeze(-1).mul(scale), deviation.mul(scale));
        });
    }

    private static Block negativeBinomial() {
        var net = new Net();
        Block head = net.child(seq(linear(8), relu(), linear(2)), 1, 12);
        return net.on((call, x) -> {
            NDArray p = Activation.softPlus(call.run(head, x.add(1).log())).add(1e-3);
            NDArray mu = p.get(":, 0:1");
            NDArray alpha = p.get(":, 1:2");
            NDArray ai = alpha.getNDArrayInternal().rdiv(1);
            NDArray loss = x.mul(alpha.mul(mu).log())
                    .sub(x.add(ai).mul(alpha.mul(mu).add(1).log()));
            return loss.add(x.add(ai).gammaln()).sub(x.add(1).gammaln()).sub(ai.gammaln());
        });
    }

    private static Block distilling() {
        return seq(
                lambda(x -> x.transpose(0, 2, 1)),
                conv1d(8, 3),
                bn(),
                Activation.eluBlock(1f),
                Pool.maxPool1dBlock(new Shape(3), new Shape(2), new Shape(1)),
                lambda(x -> x.transpose(0, 2, 1)),
                linear(3));
    }

    private static Block probSparse() {
        return AttentionForms.attends(8, (q, k, v) -> {
            NDArray scores = q.matMul(k.swapAxes(1, 2)).div(Math.sqrt(8));
            NDArray spread = scores.max(new int[] {2}).sub(scores.mean(new int[] {2}));
            NDArray top = spread.topK(4, 1).get(1);
            NDArray hot = top.oneHot(10);
            NDArray picked = hot.matMul(scores).softmax(-1).matMul(v);
            NDArray rest = v.mean(new int[] {1}, true);
            NDArray chosen = hot.sum(new int[] {1}).expandDims(-1);
            return rest.mul(chosen.mul(-1).add(1)).add(hot.transpose(0, 2, 1).matMul(picked));
        });
    }
}

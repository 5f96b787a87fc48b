package io.catwalk.onnx.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;

/** Forecasting, and what else looks at series. */
final class TimeSeries extends Family {
    TimeSeries() {
        super("time series");
        add("N-BEATS", TimeSeries::nBeats, floats(12));
        add("N-BEATS seasonal", TimeSeries::seasonal, floats(12));
        add("N-HiTS", TimeSeries::nHits, floats(16));
        add("TFT gating", TimeSeries::gating, floats(5, 6));
        add("DeepAR", TimeSeries::deepAr, ids(4), floats(20), floats(20, 3));
        add("DeepAR negative binomial", TimeSeries::negativeBinomial, between(0, 9, 12));
        add("Informer distilling", TimeSeries::distilling, floats(16, 8));
        add("ProbSparse", TimeSeries::probSparse, floats(10, 8));
        onAll("Autoformer decomposition", TimeSeries::decomposition, floats(16, 4));
        add("DLinear", TimeSeries::dLinear, floats(16, 3));
        add("PatchTST", TimeSeries::patches, floats(16, 2));
        add("RevIN", TimeSeries::revIn, floats(12, 3));
        add("quantile heads", TimeSeries::quantiles, floats(8, 4));
        add("LSTNet", TimeSeries::lstNet, floats(16, 3));
        add("autoregressive", TimeSeries::autoregressive, floats(6));
        add("exponential smoothing", TimeSeries::smoothing, between(0.5, 2, 10));
        on("moving features", TimeSeries::moving, floats(20));
        add("kernel features", TimeSeries::rocket, floats(1, 40));
        add("monotone", TimeSeries::monotone, floats(8));
        on("spectrogram by convolution", TimeSeries::spectrogram, floats(256));
        on("fft magnitude", x -> x.rfft(32).abs(), floats(32));
        on("stft magnitude", TimeSeries::stft, floats(128));
        on("median filter", TimeSeries::median, floats(12));
        on("differences", x -> x.diff(1, 1).abs().sum(new int[] {1}), floats(9));
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
            NDArray made = knots.expandDims(1).expandDims(1);
            return made.getNDArrayInternal()
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
        return Transformers.attends(8, (q, k, v) -> {
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

    private static NDArray movingAverage(NDArray x, int window) {
        NDArray front = x.get(":, 0:1").repeat(1, window / 2);
        NDArray end = x.get(":, -1:").repeat(1, window / 2);
        NDArray padded = NDArrays.concat(new NDList(front, x, end), 1).transpose(0, 2, 1);
        return Pool.avgPool1d(padded, new Shape(window), new Shape(1), new Shape(0), false, true)
                .transpose(0, 2, 1);
    }

    private static NDList decomposition(NDList list) {
        NDArray x = list.head();
        NDArray trend = movingAverage(x, 5);
        return new NDList(x.sub(trend), trend);
    }

    private static Block dLinear() {
        var net = new Net();
        Block season = net.child(linear(4), 1, 3, 16);
        Block trend = net.child(linear(4), 1, 3, 16);
        return net.on((call, x) -> {
            NDArray slow = movingAverage(x, 7);
            NDArray fast = x.sub(slow).swapAxes(1, 2);
            NDArray start = call.run(season, fast);
            return start.add(call.run(trend, slow.swapAxes(1, 2))).swapAxes(1, 2);
        });
    }

    private static Block patches() {
        var net = new Net();
        Block embed = net.child(linear(8), 1, 7, 4);
        Block head = net.child(seq(flatten(), linear(5)), 1, 7, 8);
        return net.on((call, x) -> {
            NDArray series = x.transpose(0, 2, 1).reshape(-1, 16);
            NDList windows = new NDList();
            for (int i = 0; i + 4 <= 16; i += 2) {
                windows.add(series.get(":, {}:{}", i, i + 4));
            }
            NDArray y = call.run(embed, NDArrays.stack(windows, 1));
            y = y.add(y.matMul(y.transpose(0, 2, 1)).softmax(-1).matMul(y));
            return call.run(head, y).reshape(-1, 2, 5);
        });
    }

    private static Block revIn() {
        var net = new Net();
        Block body = net.child(linear(4), 1, 3, 12);
        return net.on((call, x) -> {
            NDArray mean = x.mean(new int[] {1}, true);
            NDArray deviation =
                    x.sub(mean).square().mean(new int[] {1}, true).add(1e-5).sqrt();
            NDArray y = call.run(body, x.sub(mean).div(deviation).transpose(0, 2, 1))
                    .transpose(0, 2, 1);
            return y.mul(deviation).add(mean);
        });
    }

    private static Block quantiles() {
        return seq(gru(6, 1).build(), linear(3), lambda(x -> {
            NDArray steps = Activation.softPlus(x.get("..., 1:")).cumSum(2);
            return x.get("..., 0:1").concat(x.get("..., 0:1").add(steps), 2);
        }));
    }

    private static Block lstNet() {
        var net = new Net();
        Block conv = net.child(seq(kernel(6, 3, 3).build(), relu()), 1, 1, 16, 3);
        Block gru = net.child(gru(5, 1).build(), 1, 14, 6);
        Block out = net.child(linear(3), 1, 5);
        Block ar = net.child(linear(1), 1, 3, 4);
        return net.on((call, x) -> {
            NDArray c = call.run(conv, x.expandDims(1)).squeeze(3).transpose(0, 2, 1);
            NDArray y = call.run(out, call.run(gru, c).get(":, -1"));
            return y.add(call.run(ar, x.get(":, -4:, :").transpose(0, 2, 1)).squeeze(-1));
        });
    }

    private static Block autoregressive() {
        var net = new Net();
        Block step = net.child(seq(linear(8), Activation.tanhBlock(), linear(1)), 1, 6);
        return net.on((call, x) -> {
            NDArray window = x;
            for (int i = 0; i < 5; i++) {
                window = window.get(":, 1:").concat(call.run(step, window), 1);
            }
            return window.get(":, 1:");
        });
    }

    private static Block smoothing() {
        var net = new Net();
        Parameter alpha = net.weight("alpha", 1);
        return net.on((call, x) -> {
            NDArray a = Activation.sigmoid(call.value(alpha, x));
            NDArray level = x.get(":, 0");
            NDList all = new NDList(level);
            for (int t = 1; t < x.size(1); t++) {
                level = a.mul(x.get(":, {}", t)).add(a.sub(1).neg().mul(level));
                all.add(level);
            }
            return NDArrays.stack(all, 1);
        });
    }

    private static NDArray moving(NDArray x) {
        NDArray sums = x.cumSum(1);
        NDArray means = sums.get(":, 5:").sub(sums.get(":, :-5")).div(5);
        NDArray highs = Pool.maxPool1d(x.expandDims(1), new Shape(5), new Shape(1), new Shape(0), false)
                .get(":, 0, 1:");
        return NDArrays.stack(new NDList(means, highs), 2);
    }

    private static Block rocket() {
        return seq(
                Conv1d.builder()
                        .setFilters(6)
                        .setKernelShape(new Shape(9))
                        .optDilation(new Shape(2))
                        .build(),
                lambda(x -> {
                    NDArray positive = x.gt(0).toType(DataType.FLOAT32, false).mean(new int[] {2});
                    return positive.concat(x.max(new int[] {2}), 1);
                }),
                linear(2));
    }

    private static Block monotone() {
        var net = new Net();
        Parameter w = net.weight("w", 8, 5);
        return net.on((call, x) -> x.matMul(call.value(w, x).exp()).tanh().sum(new int[] {-1}, true));
    }

    private static NDArray spectrogram(NDArray x) {
        float[] window = new float[2 * 17 * 32];
        for (int i = 0; i < window.length; i++) {
            double angle = 2 * Math.PI * (i / 32 % 17) * (i % 32) / 32;
            double hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * (i % 32) / 32);
            window[i] = (float) (hann * (i < 17 * 32 ? Math.cos(angle) : -Math.sin(angle)));
        }
        NDArray kernel = x.getManager().create(window, new Shape(34, 1, 32));
        NDArray y = Conv1d.conv1d(x.expandDims(1), kernel, null, new Shape(16)).head();
        NDArray power = y.get(":, :17").square().add(y.get(":, 17:").square());
        return power.maximum(1e-6f).log10().mul(10);
    }

    private static NDArray stft(NDArray x) {
        return x.stft(32, 16, true, x.getManager().hanningWindow(32), false, true)
                .abs();
    }

    private static NDArray median(NDArray x) {
        NDList windows = new NDList();
        for (int i = 0; i < 3; i++) {
            windows.add(x.get(":, {}:{}", i, i + 10));
        }
        return NDArrays.stack(windows, 2).sort(2).get(":, :, 1");
    }
}

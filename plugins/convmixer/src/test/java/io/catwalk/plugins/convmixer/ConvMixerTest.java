package io.catwalk.plugins.convmixer;

import io.catwalk.testkit.ClassifierContract;

final class ConvMixerTest extends ClassifierContract {

    ConvMixerTest() {
        super(new ConvMixer());
    }
}

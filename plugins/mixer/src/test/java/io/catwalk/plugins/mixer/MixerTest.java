package io.catwalk.plugins.mixer;

import io.catwalk.testkit.ClassifierContract;

final class MixerTest extends ClassifierContract {

    MixerTest() {
        super(new Mixer());
    }
}

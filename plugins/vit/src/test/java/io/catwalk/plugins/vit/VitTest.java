package io.catwalk.plugins.vit;

import io.catwalk.testkit.ClassifierContract;

final class VitTest extends ClassifierContract {

    VitTest() {
        super(new Vit());
    }
}

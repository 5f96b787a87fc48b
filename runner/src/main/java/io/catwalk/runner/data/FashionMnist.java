package io.catwalk.runner.data;

import java.util.List;

/** Holds what the README of zalandoresearch/fashion-mnist states about the data set. */
final class FashionMnist {

    static final String NAME = "fashion-mnist";

    /** Names of the classes, in the order of the labels. */
    static final List<String> CLASSES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** SHA-256 of the uncompressed files, in the order of {@link IdxPart}. */
    static final List<String> SHA256 = List.of(
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9");

    private FashionMnist() {}
}

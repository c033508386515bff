#version 440
// Pixel for pixel from an image of blue, green, red, already multiplied by how opaque they are.

layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

layout(std140, binding = 0) uniform Over {
    mat4 clip;
    vec4 size;
};

layout(binding = 1) uniform sampler2D image;

void main()
{
    colour = texelFetch(image, ivec2(at), 0).zyxw;
}

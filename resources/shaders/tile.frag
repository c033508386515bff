#version 440
// Draws one picture as the decoder process would have made it (player/decoder/convert.py): change both or neither.
// docs/decisions/0006-one-picture-two-painters.md says how sizes, filters and chroma sites are defined.

layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

layout(std140, binding = 0) uniform Tile {
    mat4 clip;
    mat4 to_rgb;    // from luma and chroma on the scale of 8 bits to red, green, blue of 0 to 1
    vec4 edges;     // of the tile, in normalised device coordinates
    vec4 window;    // where the tile begins in the picture as shown, and its size; device pixels
    vec4 sizes;     // of the picture as shown, and as made; device pixels
    vec4 luma;      // size of the plane, and its samples for one pixel of the picture as made, before the turn
    vec4 chroma;
    vec4 coding;    // place of the first chroma sample; value of one step of a sample on the scale of 8 bits
    vec4 kind;      // what there is (0 nothing, 1 finished, 2 grey, 3 luma and chroma), quarter turns, bytes a sample,
                    // whether levels are shown as others
    vec4 ground;    // colour where there is no picture
};

layout(binding = 1) uniform sampler2D first;    // luma, or the finished picture (blue, green, red)
layout(binding = 2) uniform sampler2D second;   // the chroma of blue
layout(binding = 3) uniform sampler2D third;    // the chroma of red
layout(binding = 4) uniform sampler2D levels;   // which level is shown for each of 256

const int MOST_TAPS = 8;

float sample_of(vec2 texel)
{
    float low = floor(texel.x * 255.0 + 0.5);
    return (kind.z > 1.5 ? low + 256.0 * floor(texel.y * 255.0 + 0.5) : low) * coding.z;
}

// The filter along one axis: the area that a pixel covers where the picture gets smaller, else linear interpolation.
// `centre` is where the pixel lies among the samples, `step` how many of them it covers.
float weight(float distance, float step)
{
    return step > 1.0 ? clamp(0.5 + 0.5 * step - distance, 0.0, 1.0) : max(0.0, 1.0 - distance);
}

ivec2 span(float centre, float step)
{
    float reach = step > 1.0 ? 0.5 + 0.5 * step : 1.0;
    int begin = int(ceil(centre - reach));
    return ivec2(begin, min(int(floor(centre + reach)), begin + MOST_TAPS - 1));
}

// Writes the samples of a plane around a pixel of the picture as made, mixed by the filter.
#define MIXED(plane, extent, site, pixel, result)                                            \
    {                                                                                        \
        vec2 centre = (pixel + 0.5) * extent.zw - site;                                      \
        ivec2 across = span(centre.x, extent.z);                                             \
        ivec2 down = span(centre.y, extent.w);                                               \
        ivec2 last = ivec2(extent.xy) - 1;                                                   \
        float total = 0.0;                                                                   \
        float sum = 0.0;                                                                     \
        for (int y = down.x; y <= down.y; ++y) {                                             \
            float beside = weight(abs(float(y) - centre.y), extent.w);                       \
            for (int x = across.x; x <= across.y; ++x) {                                     \
                float share = beside * weight(abs(float(x) - centre.x), extent.z);           \
                sum += share * sample_of(texelFetch(plane, clamp(ivec2(x, y), ivec2(0), last), 0).xy); \
                total += share;                                                              \
            }                                                                                \
        }                                                                                    \
        result = sum / total;                                                                \
    }

// A pixel of the picture as made, by its place in the picture as it was coded.
vec2 unturned(vec2 pixel)
{
    vec2 last = sizes.zw - 1.0;
    if (kind.y < 0.5)
        return pixel;
    if (kind.y < 1.5)
        return vec2(pixel.y, last.x - pixel.x);
    if (kind.y < 2.5)
        return last - pixel;
    return vec2(last.y - pixel.y, pixel.x);
}

vec3 made(vec2 pixel)
{
    if (kind.x < 1.5)
        return texelFetch(first, ivec2(pixel), 0).zyx;
    vec2 place = unturned(pixel);
    vec3 coded = vec3(0.0, 128.0, 128.0);
    MIXED(first, luma, vec2(0.5), place, coded.x)
    if (kind.x > 2.5) {
        MIXED(second, chroma, coding.xy, place, coded.y)
        MIXED(third, chroma, coding.xy, place, coded.z)
    }
    vec3 rgb = (to_rgb * vec4(coded, 1.0)).xyz;
    return floor(clamp(rgb, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
}

// Mixes two colours as Qt's painter does: with 256 steps, and without rounding up.
vec3 between(vec3 one, vec3 other, float share)
{
    float step = floor(share * 256.0);
    vec3 sum = floor(one * 255.0 + 0.5) * (256.0 - step) + floor(other * 255.0 + 0.5) * step;
    return floor(sum / 256.0) / 255.0;
}

float shown_level(float value)
{
    return texelFetch(levels, ivec2(int(value * 255.0 + 0.5), 0), 0).x;
}

void main()
{
    vec2 pixel = floor(at) + window.xy;
    if (kind.x < 0.5 || any(lessThan(pixel, vec2(0.0))) || any(greaterThanEqual(pixel, sizes.xy))) {
        colour = ground;
        return;
    }
    vec3 rgb;
    if (sizes.xy == sizes.zw) {
        rgb = made(pixel);
    } else {
        vec2 last = sizes.zw - 1.0;
        vec2 place = clamp((pixel + 0.5) * sizes.zw / sizes.xy - 0.5, vec2(0.0), last);
        vec2 near = floor(place);
        vec2 far = min(near + 1.0, last);
        vec2 share = place - near;
        vec3 left = between(made(near), made(vec2(near.x, far.y)), share.y);
        vec3 right = between(made(vec2(far.x, near.y)), made(far), share.y);
        rgb = between(left, right, share.x);
    }
    if (kind.w > 0.5)
        rgb = vec3(shown_level(rgb.x), shown_level(rgb.y), shown_level(rgb.z));
    colour = vec4(rgb, 1.0);
}

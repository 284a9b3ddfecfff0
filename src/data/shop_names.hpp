#pragma once

#include <array>
#include <string>
#include <string_view>

/// Names of a synthetic shop's categories and brands.
namespace cartwheel::data {

inline constexpr std::array<std::string_view, 107> category_codes{"computers.components.videocards",
                                                                  "computers.components.processors",
                                                                  "computers.components.mainboards",
                                                                  "computers.components.memory",
                                                                  "computers.components.powersupply",
                                                                  "computers.components.cooling",
                                                                  "computers.components.drives",
                                                                  "computers.components.cases",
                                                                  "computers.components.soundcards",
                                                                  "computers.notebook",
                                                                  "computers.desktop",
                                                                  "computers.server",
                                                                  "computers.peripherals.mouse",
                                                                  "computers.peripherals.keyboard",
                                                                  "computers.peripherals.monitor",
                                                                  "computers.peripherals.printer",
                                                                  "computers.peripherals.scanner",
                                                                  "computers.peripherals.webcam",
                                                                  "computers.peripherals.joystick",
                                                                  "computers.peripherals.speakers",
                                                                  "computers.network.router",
                                                                  "computers.network.switch",
                                                                  "computers.network.adapter",
                                                                  "computers.network.cable",
                                                                  "computers.storage.external",
                                                                  "computers.storage.flash",
                                                                  "computers.storage.enclosure",
                                                                  "computers.software.office",
                                                                  "computers.software.security",
                                                                  "electronics.phone.smartphone",
                                                                  "electronics.phone.classic",
                                                                  "electronics.phone.landline",
                                                                  "electronics.phone.accessories",
                                                                  "electronics.tablet",
                                                                  "electronics.reader",
                                                                  "electronics.watch",
                                                                  "electronics.audio.headphone",
                                                                  "electronics.audio.earphone",
                                                                  "electronics.audio.speaker",
                                                                  "electronics.audio.receiver",
                                                                  "electronics.audio.turntable",
                                                                  "electronics.audio.microphone",
                                                                  "electronics.audio.soundbar",
                                                                  "electronics.video.television",
                                                                  "electronics.video.projector",
                                                                  "electronics.video.player",
                                                                  "electronics.video.mount",
                                                                  "electronics.camera.compact",
                                                                  "electronics.camera.mirrorless",
                                                                  "electronics.camera.lens",
                                                                  "electronics.camera.tripod",
                                                                  "electronics.camera.bag",
                                                                  "electronics.camera.action",
                                                                  "electronics.game.console",
                                                                  "electronics.game.controller",
                                                                  "electronics.game.headset",
                                                                  "electronics.power.charger",
                                                                  "electronics.power.battery",
                                                                  "electronics.power.bank",
                                                                  "electronics.power.inverter",
                                                                  "electronics.calculator",
                                                                  "electronics.navigation",
                                                                  "electronics.drone",
                                                                  "appliances.kitchen.blender",
                                                                  "appliances.kitchen.mixer",
                                                                  "appliances.kitchen.kettle",
                                                                  "appliances.kitchen.coffee",
                                                                  "appliances.kitchen.toaster",
                                                                  "appliances.kitchen.microwave",
                                                                  "appliances.kitchen.oven",
                                                                  "appliances.kitchen.hob",
                                                                  "appliances.kitchen.hood",
                                                                  "appliances.kitchen.refrigerator",
                                                                  "appliances.kitchen.dishwasher",
                                                                  "appliances.kitchen.scale",
                                                                  "appliances.climate.heater",
                                                                  "appliances.climate.fan",
                                                                  "appliances.climate.conditioner",
                                                                  "appliances.climate.humidifier",
                                                                  "appliances.laundry.washer",
                                                                  "appliances.laundry.dryer",
                                                                  "appliances.laundry.iron",
                                                                  "appliances.cleaning.vacuum",
                                                                  "appliances.cleaning.steam",
                                                                  "appliances.personal.shaver",
                                                                  "appliances.personal.hairdryer",
                                                                  "appliances.personal.toothbrush",
                                                                  "appliances.sewing",
                                                                  "auto.audio.player",
                                                                  "auto.audio.subwoofer",
                                                                  "auto.accessories.camera",
                                                                  "auto.accessories.alarm",
                                                                  "auto.accessories.compressor",
                                                                  "auto.accessories.holder",
                                                                  "home.light.lamp",
                                                                  "home.light.strip",
                                                                  "home.security.camera",
                                                                  "home.security.doorbell",
                                                                  "home.security.lock",
                                                                  "home.furniture.desk",
                                                                  "home.furniture.chair",
                                                                  "tools.drill",
                                                                  "tools.saw",
                                                                  "tools.screwdriver",
                                                                  "tools.meter",
                                                                  "stationery.paper",
                                                                  "stationery.cartridge"};

/// The name of category code `code`: beyond those above with a number at the end.
inline std::string category_code_name(std::uint32_t code) {
  const auto known = static_cast<std::uint32_t>(category_codes.size());
  std::string name(category_codes[code % known]);
  return code < known ? name : name + std::to_string(code / known + 1);
}

/// The name of a brand: three syllables, all different; beyond the first 999 with a number at the end.
inline std::string brand_name(std::uint32_t brand) {
  constexpr std::uint32_t known = 999;
  static constexpr std::array<std::string_view, 10> first{"ar",  "bel", "cor", "dar", "el",
                                                          "fen", "gal", "hal", "kor", "zan"};
  static constexpr std::array<std::string_view, 10> middle{"ba", "di", "ko", "la", "mi", "no", "ra", "ti", "vo", "xe"};
  static constexpr std::array<std::string_view, 10> last{"con", "dex", "lux", "mar", "nor",
                                                         "rix", "son", "tek", "ton", "vik"};
  const std::uint32_t own = brand % known;
  std::string name(first[own / 100]);
  name.append(middle[own / 10 % 10]).append(last[own % 10]);
  return brand < known ? name : name + std::to_string(brand / known + 1);
}

}  // namespace cartwheel::data
